"""`python -m bench`: how long WorkHub's pages take on a big workspace, against a view that does nothing."""

import argparse
import sys

from bench import environment


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000, help="time entries in the workspace (default 20000)")
    parser.add_argument(
        "--invoices", type=int, default=environment.INVOICES, help="invoices (default 300, and at least)"
    )
    parser.add_argument("--requests", type=int, default=200, help="measured requests for each page (default 200)")
    parser.add_argument("--block", type=int, default=20, help="requests in a row before the bare view's turn (20)")
    parser.add_argument("--port", type=int, default=8106, help="port of the product; the bare view takes the next one")
    parser.add_argument("--page", action="append", metavar="NAME", help="measure this page only; may be repeated")
    parser.add_argument("--keep", action="store_true", help="use the data of the run before instead of seeding anew")
    parser.add_argument("--plans", action="store_true", help="print the query plans of the pages instead of measuring")
    parser.add_argument("--transfer", action="store_true", help="add up what a first and a later page load transfers")
    return parser.parse_args(arguments)


def main() -> int:
    """Run it; 0 unless a page failed, or a plan or transfer is over its bound."""
    options = parse()
    environment.choose(options.entries, options.invoices)
    import django

    django.setup()
    from bench import run

    return run.run(options)


if __name__ == "__main__":
    sys.exit(main())
