"""The figures as a table for people and as JSON for comparisons."""

import json
from argparse import Namespace

from bench.environment import OUT, machine, named
from bench.measure import Result


def table(results: list[Result]) -> str:
    """A Markdown table."""
    lines = [
        "| page | p50 ms | p95 ms | × bare | bound | CPU ms | × bare CPU | queries | bytes |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in results:
        size = f"{one.bytes:,}" + (f" {one.encoding}" if one.encoding else "")
        bound = "" if one.most is None else f"≤ {one.most}" + ("" if one.is_within else " **missed**")
        lines.append(
            f"| {one.name} | {one.p50:.2f} | {one.p95:.2f} | {one.ratio:.1f} | {bound} "
            f"| {one.cpu:.2f} | {one.cpu_ratio:.1f} | {one.queries} | {size} |"
        )
    return "\n".join(lines)


def save(results: list[Result], options: Namespace) -> str:
    """Write the JSON; returns where it is."""
    about = machine()
    path = OUT / f"{about['database'].split()[0].lower()}-{named(options.entries, options.invoices)}.json"
    content = {
        "machine": about,
        "entries": options.entries,
        "invoices": options.invoices,
        "requests": options.requests,
        "bare_p50_ms": sum(one.bare for one in results) / len(results),
        "bare_cpu_ms": sum(one.bare_cpu for one in results) / len(results),
        "pages": [one.as_row() for one in results],
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
    return str(path)
