"""The week: a grid of work by day, filled in cell by cell, or whole by an ordinary form."""

from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import access, days
from apps.core.htmx import add_triggers, done, notify, render
from apps.workbench.choices import PlainChoices
from apps.workbench.models import TimeEntry
from apps.workbench.views.lookup import chosen_work, entry_id, live_entry, mine, way_back
from apps.workbench.week.copying import copy_week, empty_row
from apps.workbench.week.grid import WEEK, Row, WeekGrid
from apps.workbench.week.saving import CellToSave, Was, is_stale, save_cell, save_cells
from apps.workbench.week.work import ExtraRows, Work, work_of_keys, work_or_404

PAGE = "workbench/week.html"
CELL, WAS = "cell-", "was-"
MOST_UNDONE = 500


@access.member
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """The week of a day (`?week=2026-05-04`, this one unless said); nonsense in the address shows this week."""
    return _show(request, _grid(request, _day_or_today(request, request.GET.get("week", ""))))


@access.member
@require_POST
def cell(request: HttpRequest) -> HttpResponse:
    """Save one cell (`row`, `day`, `duration`, `was`); the answer is what is inside it, and the sums that follow."""
    key, day, text = request.POST.get("row"), _day(request, "day"), request.POST.get("duration", "")
    if key is None:  # nothing was typed anywhere
        return _changed(request, _first(request, day))
    work = work_or_404(request.workspace, key)
    was = Was.read(request.POST.get("was", ""))
    try:
        gone = save_cell(workspace=request.workspace, user=request.user, work=work, day=day, text=text, was=was)
    except ValidationError as refusal:
        return _answer_cell(request, key, day, text, refusal)
    _keep_rows(request, _first(request, day), [key], gone)
    return _answer_cell(request, key, day)


@access.member
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save all cells that were changed (`cell-t34-2026-05-04` with `was-…`), or none where one is refused."""
    first, typed = _first(request, _day(request, "week")), _typed_cells(request)
    try:
        gone = save_cells(workspace=request.workspace, user=request.user, cells=_cells_to_save(request, typed))
    except ValidationError as refusal:
        return _show_refused(request, first, typed, refusal)
    if typed:
        notify(request, _("Saved."))
    _keep_rows(request, first, [_parts(name)[0] for name in typed], gone)
    return redirect(_address(first))


@access.member
@require_http_methods(["GET", "POST"])
def row_add(request: HttpRequest) -> HttpResponse:
    """Add a row for what was chosen in the picker, or, without JavaScript, from a plain list."""
    asked = request.POST.get("week", "") if request.method == "POST" else request.GET.get("week", "")
    first = _first(request, _day_or_today(request, asked))
    if request.method == "GET":
        context = {"first": first, "plain": PlainChoices(request.workspace)}
        return render(request, "workbench/week_row.html", context, partial="form")
    project, task = _chosen(request)
    if any(item.is_archived for item in (project, task) if item):
        notify(request, _("%(name)s is archived. Choose another project.") % {"name": task or project})
        return _changed(request, first)
    key = Work.of(project, task).key
    ExtraRows(request.session, request.workspace).add(first, [key])
    return _changed(request, first, added=key)


@access.member
@require_POST
def row_remove(request: HttpRequest) -> HttpResponse:
    """Take a row out: an empty one at once, one with time after a question (`sure`)."""
    first, key = _first(request, _day(request, "week")), request.POST.get("row")
    work = work_or_404(request.workspace, key) if key is not None else None
    row = _grid(request, first).row(key)
    if row and row.seconds:
        if not request.POST.get("sure"):
            return _ask_to_remove(request, row, first)
        try:
            gone = empty_row(workspace=request.workspace, user=request.user, work=work, first=first)
        except ValidationError as refusal:
            return _ask_to_remove(request, row, first, refused=" ".join(refusal.messages))
        _offer_undo(request, gone)
    ExtraRows(request.session, request.workspace).remove(first, key)
    return done(request, _address(first), events=["time-changed"])


@access.member
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Bring last week's rows to this one, with their time where `time` is sent; what is there already stays."""
    first, with_time = _first(request, _day(request, "week")), bool(request.POST.get("time"))
    copied = copy_week(workspace=request.workspace, user=request.user, first=first, with_time=with_time)
    ExtraRows(request.session, request.workspace).add(first, copied.keys)
    notify(request, copied.in_words)
    return _changed(request, first, events=["time-changed"] if copied.cells else [])


@access.member
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Take back the entries that a cell or a row threw away (`?entry=…`, once for each)."""
    ids = {entry_id(text) for text in request.GET.getlist("entry")[:MOST_UNDONE]}
    entries = list(mine(request, with_trash=True).filter(pk__in=ids))
    if len(entries) != len(ids):
        raise Http404
    for entry in entries:
        entry.restore()
    if entries:
        notify(request, _count_in_words(entries, _("Taken back: %(what)s.")))
    return done(request, way_back(request), events=["time-changed"])


# ── What a request asks for ───────────────────────────────────────────────────────────────────────────────────────────


def _day(request: HttpRequest, name: str) -> date:
    """A day from a form, today where it says none; nonsense is not found."""
    text = request.POST.get(name)
    return days.local_day(days.now(), request.user.zone) if text is None else _read_day(text)


def _read_day(text: str) -> date:
    """A day as text. The first and the last week reach a little beyond the days that can have time."""
    try:
        day = date.fromisoformat(text)
    except ValueError as nonsense:
        raise Http404 from nonsense
    if not days.FIRST_DAY - WEEK < day < days.LAST_DAY + WEEK:
        raise Http404
    return day


def _day_or_today(request: HttpRequest, text: str) -> date:
    try:
        day = date.fromisoformat(text)
        days.validate_day(day)
    except (ValueError, ValidationError):
        return days.local_day(days.now(), request.user.zone)
    return day


def _first(request: HttpRequest, day: date) -> date:
    """The first day of the week that the day is in."""
    return days.week_start(day, request.workspace.week_start)


def _parts(name: str) -> tuple[str, date]:
    """Row and day of a cell's name, `t34-2026-05-04`."""
    return name[:-11], _read_day(name[-10:])


def _typed_cells(request: HttpRequest) -> dict[str, tuple[str, Was]]:
    """What was typed into the form, and what was there before, by the names of the cells; untouched ones left out."""
    found = {}
    for field, text in request.POST.items():
        name = field.removeprefix(CELL)
        if name != field:
            was = Was.read(request.POST.get(f"{WAS}{name}", ""))
            if not was.is_shown_as(text):
                found[name] = (text, was)
    return found


def _cells_to_save(request: HttpRequest, typed: dict[str, tuple[str, Was]]) -> list[CellToSave]:
    work = work_of_keys(request.workspace, {_parts(name)[0] for name in typed})
    cells = []
    for name, (text, was) in typed.items():
        key, day = _parts(name)
        if key not in work:
            raise Http404
        cells.append(CellToSave(name, work[key], day, text, was))
    return cells


def _chosen(request: HttpRequest) -> tuple:
    """Project and task of the picker's two fields, or of the plain list (`work`)."""
    if plain := request.POST.get("work", ""):
        return work_or_404(request.workspace, plain)
    return chosen_work(request)


# ── What is answered ──────────────────────────────────────────────────────────────────────────────────────────────────


def _grid(request: HttpRequest, day: date, added: str = "") -> WeekGrid:
    first = _first(request, day)
    extra = ExtraRows(request.session, request.workspace).of(first)
    return WeekGrid(request.workspace, request.user, day, live_entry(request), extra, added)


def _address(first: date) -> str:
    return f"{reverse('workbench:week')}?week={first:%Y-%m-%d}"


def _show(request: HttpRequest, grid: WeekGrid, status: int = 200) -> HttpResponse:
    return render(request, PAGE, {"grid": grid, "address": _address(grid.first)}, partial="week", status=status)


def _changed(request: HttpRequest, first: date, *, added: str = "", events=()) -> HttpResponse:
    """The grid as it is now; a plain form goes back to its page."""
    if not request.htmx:
        return redirect(_address(first))
    answer = _show(request, _grid(request, first, added))
    add_triggers(answer, dict.fromkeys(events, ""))
    return answer


def _answer_cell(
    request: HttpRequest, key: str, day: date, text: str = "", refusal: ValidationError | None = None
) -> HttpResponse:
    """What is inside the cell, and the sums. A refused one keeps what was typed, unless it was stale."""
    if not request.htmx:
        if refusal:
            notify(request, " ".join(refusal.messages))
        return redirect(_address(_first(request, day)))
    grid = _grid(request, day)
    grid.extra.append(key)
    cell = grid.cell(key, day)
    if refusal:
        cell.error = " ".join(refusal.messages)
        cell.typed = None if is_stale(refusal) else text
    answer = render(
        request,
        f"{PAGE}#cell",
        {"grid": grid, "cell": cell, "totals": grid.totals_of(cell)},
        status=422 if refusal else 200,
    )
    if not refusal:
        add_triggers(answer, {"time-changed": ""})
    return answer


def _show_refused(request: HttpRequest, first: date, typed: dict, refusal: ValidationError) -> HttpResponse:
    """The page with the reasons at the cells. What was typed stays there, but a cell that was stale shows the truth."""
    stale = {name for name, errors in refusal.error_dict.items() if any(is_stale(error) for error in errors)}
    grid = _grid(request, first)
    grid.extra += [_parts(name)[0] for name in typed]
    grid.take_back({name: text for name, (text, _was) in typed.items() if name not in stale}, refusal.message_dict)
    return _show(request, grid, status=422)


def _ask_to_remove(request: HttpRequest, row: Row, first: date, refused: str = "") -> HttpResponse:
    context = {"row": row, "first": first, "refused": refused, "address": _address(first)}
    return render(request, "workbench/week_remove.html", context, partial="ask", status=422 if refused else 200)


def _keep_rows(request: HttpRequest, first: date, keys: list[str], gone: list[TimeEntry]) -> None:
    """Rows that may have become empty stay in sight until they are taken out; what was thrown away can come back."""
    if gone:
        ExtraRows(request.session, request.workspace).add(first, keys)
        _offer_undo(request, gone)


def _offer_undo(request: HttpRequest, gone: list[TimeEntry]) -> None:
    if gone:
        ids = urlencode([("entry", entry.pk) for entry in gone])
        undo = f"{reverse('workbench:week_restore')}?{ids}"
        notify(request, _count_in_words(gone, _("Deleted: %(what)s.")), undo=undo)


def _count_in_words(entries: list[TimeEntry], sentence: str) -> str:
    many = ngettext("%(count)d entry", "%(count)d entries", len(entries)) % {"count": len(entries)}
    return sentence % {"what": entries[0].title if len(entries) == 1 else many}
