"""Time pages against the bare view: one request at a time, in turns of a block each, so noise hits both.

A block is long enough that each is measured warm: after every other page the bare view would find the processor's
caches full of something else, and look slow.

Beside the time on the clock stands the processor time of the servers' workers: it hardly moves when the machine is
busy with something else, while the clock does.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from statistics import median, quantiles

from django.urls import reverse

from apps.core.transactions import atomic
from apps.workbench.models import Segment, TimeEntry
from bench.pages import Page
from bench.server import Answer, Server
from bench.session import of_htmx

WARM_UP = 20
RECORDED = timedelta(minutes=25)
TIMER_MOST = 25


@dataclass
class Sample:
    """What was measured of one page, and of the bare view in between; seconds."""

    answers: list[Answer] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    cpu: float = 0
    bare_cpu: float = 0


@dataclass
class Result:
    """One row of the table. Times in milliseconds for one request, bytes as they went over the wire."""

    name: str
    p50: float
    p95: float
    bare: float
    cpu: float
    bare_cpu: float
    bytes: int
    encoding: str
    most: int | None = None
    queries: int = 0

    @property
    def ratio(self) -> float:
        """How many times the bare view's median."""
        return self.p50 / self.bare

    @property
    def cpu_ratio(self) -> float:
        """How many times the bare view's processor time."""
        return self.cpu / self.bare_cpu if self.bare_cpu else 0

    @property
    def is_within(self) -> bool:
        """Whether it keeps its bound."""
        return self.most is None or self.ratio <= self.most

    def as_row(self) -> dict:
        """For the JSON file."""
        return asdict(self) | {"ratio": self.ratio, "cpu_ratio": self.cpu_ratio}


class Meter:
    """Asks the product and the bare view in turns of `block` requests each. The first turns warm up."""

    def __init__(self, product: Server, bare: Server, headers: dict[str, str], block: int):
        self.product, self.bare, self.headers, self.block = product, bare, headers, block

    def page(self, page: Page, requests: int) -> Result:
        """Measure a page that is read."""
        sample = Sample()
        for turn in range(self._turns(requests)):
            sample = Sample() if turn == self.warm_up else sample
            self._bare_block(sample)
            for _number in range(self.block):
                self._one(sample, page.name, lambda: self.product.ask(page.path, headers=self.headers))
        return _result(page.name, page.most, sample)

    def timer(self, user, task, requests: int) -> list[Result]:
        """Measure starting and stopping the timer; each recorded session is taken out again, outside the clock."""
        start, stop = Sample(), Sample()
        for turn in range(self._turns(requests)):
            if turn == self.warm_up:
                start, stop = Sample(), Sample()
            self._bare_block(start)
            for _number in range(self.block):
                self._one(start, "timer start", lambda: self._press("timer_start", f"task={task.pk}&note=bench"))
                began_earlier(user)
                self._one(stop, "timer stop", lambda: self._press("timer_stop", ""))
                take_out(user)
        stop.bare, stop.bare_cpu = start.bare, start.bare_cpu
        return [_result("timer start", TIMER_MOST, start), _result("timer stop", TIMER_MOST, stop)]

    @property
    def warm_up(self) -> int:
        """How many turns are not counted."""
        return -(-WARM_UP // self.block)

    def _turns(self, requests: int) -> int:
        """How many turns hold so many requests, after those that warm up."""
        return self.warm_up + -(-requests // self.block)

    def _press(self, name: str, form: str) -> Answer:
        path = reverse(f"workbench:{name}")
        return self.product.ask(path, method="POST", headers=of_htmx(self.headers), body=form.encode())

    def _bare_block(self, sample: Sample) -> None:
        before = self.bare.cpu_seconds()
        sample.bare += [self.bare.ask("/").seconds for _number in range(self.block)]
        sample.bare_cpu += self.bare.cpu_seconds() - before

    def _one(self, sample: Sample, name: str, once: Callable[[], Answer]) -> None:
        before = self.product.cpu_seconds()
        answer = once()
        sample.cpu += self.product.cpu_seconds() - before
        if answer.status not in (200, 204):
            raise SystemExit(f"{name} answered {answer.status}: {answer.body[:300]!r}")
        sample.answers.append(answer)


def _result(name: str, most: int | None, sample: Sample) -> Result:
    times = [answer.seconds * 1000 for answer in sample.answers]
    return Result(
        name=name,
        p50=median(times),
        p95=quantiles(times, n=20)[-1],
        bare=median(sample.bare) * 1000,
        cpu=sample.cpu / len(times) * 1000,
        bare_cpu=sample.bare_cpu / len(times) * 1000,
        bytes=len(sample.answers[-1].body),
        encoding=sample.answers[-1].headers.get("content-encoding", ""),
        most=most,
    )


def began_earlier(user) -> None:
    """Put the start back, so that the stop has time to record as it has in life."""
    entry = TimeEntry.objects.get(running_for=user)
    began = entry.started_at - RECORDED
    TimeEntry.objects.filter(pk=entry.pk).update(started_at=began)
    Segment.objects.filter(entry=entry).update(started_at=began)


@atomic
def take_out(user) -> None:
    """Remove the entries of this measurement and what they added to the totals."""
    for entry in TimeEntry.objects.filter(user=user, note="bench"):
        entry.trash()
        TimeEntry.with_trash.filter(pk=entry.pk).delete()
