"""One run: seed, serve, measure, print."""

import time
from argparse import Namespace
from statistics import mean

from django.core.management import call_command

from apps.workspaces.models import Workspace
from bench import environment, queries, report, transfer, world
from bench.measure import Meter, Result
from bench.pages import Page, pages
from bench.server import serving
from bench.session import signed_in

TIMER = "timer"


def run(options: Namespace) -> int:
    """Do what was asked for; 0 when all bounds are kept."""
    workspace = data(options)
    user = workspace.memberships.get().user
    chosen = _chosen(pages(workspace), options.page)
    call_command("collectstatic", interactive=False, verbosity=0)
    if options.plans:
        return _print_plans(user, chosen)
    product, bare = ("workhub.wsgi:application", options.port), ("bench.bare:application", options.port + 1)
    with serving(*product) as product_server, serving(*bare) as bare_server:
        if options.transfer:
            return 0 if transfer.report(options.port, signed_in(user), chosen) else 1
        results = _measure(
            options, Meter(product_server, bare_server, signed_in(user), options.block), workspace, user, chosen
        )
    print(
        f"\n{options.entries:,} entries, {options.invoices:,} invoices, {environment.database()}, "
        f"{options.requests} requests each; bare view: ",
        end="",
    )
    print(f"p50 {mean(one.bare for one in results):.2f} ms, CPU {mean(one.bare_cpu for one in results):.2f} ms")
    print(f"\n{report.table(results)}\n")
    print(f"as JSON: {report.save(results, options)}")
    return 0 if all(one.is_within for one in results) else 1


def _chosen(every: list[Page], names: list[str] | None) -> list[Page]:
    known = {page.name for page in every} | {TIMER}
    if unknown := set(names or ()) - known:
        raise SystemExit(f"There is no page {', '.join(unknown)}; there are {', '.join(sorted(known))}.")
    return [page for page in every if not names or page.name in names]


def data(options: Namespace) -> Workspace:
    """The benchmark's workspace: of the run before where that is to be kept, else seeded anew."""
    if options.keep and (workspace := _kept()):
        return workspace
    began = time.perf_counter()
    invoices = getattr(options, "invoices", environment.INVOICES)
    print(f"seeding {options.entries:,} entries and {invoices:,} invoices … ", end="", flush=True)
    environment.empty_database()
    workspace = world.seed(options.entries, invoices)
    call_command("analyse_database", verbosity=0)
    print(f"{time.perf_counter() - began:.1f} s")
    return workspace


def _kept() -> Workspace | None:
    from django.db import DatabaseError

    try:
        return Workspace.objects.filter(memberships__user__email=world.EMAIL).first()
    except DatabaseError:
        return None


def _measure(options: Namespace, meter: Meter, workspace: Workspace, user, chosen: list[Page]) -> list[Result]:
    client = queries.browser(user)
    results = []
    for page in chosen:
        result = meter.page(page, options.requests)
        result.queries = len(queries.of_page(client, page))
        results.append(result)
        _tell(result)
    if not options.page or TIMER in options.page:
        results += _measure_timer(options, workspace, user, meter, client)
    return results


def _measure_timer(options: Namespace, workspace: Workspace, user, meter: Meter, client) -> list[Result]:
    task = workspace.tasks.order_by("pk")[100]
    results = meter.timer(user, task, options.requests)
    counts = queries.of_timer(client, user, task)
    for result in results:
        result.queries = counts[result.name]
        _tell(result)
    return results


def _tell(one: Result) -> None:
    print(f"{one.name}: {one.p50:.2f} ms, {one.ratio:.1f} × bare, {one.cpu_ratio:.1f} × its CPU, {one.queries} queries")


def _print_plans(user, chosen: list[Page]) -> int:
    client = queries.browser(user)
    whole = 0
    for page in chosen:
        print(f"\n=== {page.name}: {page.path}")
        for sql, plan, wrong in queries.plans(queries.of_page(client, page)):
            whole += len(wrong)
            print(f"\n{sql}")
            for step in plan:
                print(f"    {'READS ALL: ' if step in wrong else ''}{step}")
    print(f"\n{whole} steps read a big table whole")
    return 1 if whole else 0
