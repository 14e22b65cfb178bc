"""A study twice as large takes twice the steps, and no more memory for what is written piece by piece."""

import gc
import hashlib
import io
import json
import os
import sys
import tracemalloc
from pathlib import Path

import pytest
from rich.console import Console

from vises_methods.batch import alike, digests, file_memory, folders, packing
from vises_methods.batch.checks import check_enterprises
from vises_methods.batch.collect import write_csv
from vises_methods.batch.digests import Digests
from vises_methods.batch.keys import key_components, key_of
from vises_methods.batch.ledger import Entry, Ledger
from vises_methods.batch.outcome import Failure, Outcome
from vises_methods.batch.plan import check_plan
from vises_methods.batch.progress import PlainProgress, TimeLeft
from vises_methods.batch.provenance import write_crate
from vises_methods.batch.report import show_end, show_foreseen, show_status, show_why
from vises_methods.batch.runner import Run, RunOptions
from vises_methods.batch.schedule import Schedule
from vises_methods.batch.staleness import foresee
from vises_methods.errors import Problem

FEW, MORE, MOST, VERY_MANY = 16, 32, 64, 256
PLACE = ("baseline", "", "01_a", "fr")
ENDINGS = (".ipynb", ".results.json")


class Large:
    """A study of some enterprises whose every job stands in the ledger, done; its indicators changed since."""

    def __init__(self, project):
        self.project = project
        project.notebook("01_a", "x = 1", reads=["profile.yml", "@study"])
        project.notebook("06_b", "x = 1", reads=["*.csv"], after=["01_a"])
        project.notebook("80_c", "x = 1", scope="study", reads=["enterprises/*/profile.yml"], after=["01_a", "06_b"])
        project.write("requirements.lock", "numpy==2")
        self.jobs = project.plan()
        self.ledger = Ledger(None)
        digests = Digests()
        around = project.around(digests)
        for job in self.jobs:
            for ending in ENDINGS:
                project.write(f"outputs/demo/{job.folder}/{job.stem}{ending}", job.id)
        for job in self.jobs:
            self.record(job, key_components(job, around, digests))
        for enterprise in project.study().enterprises:
            (enterprise.path / "indicators.csv").write_text("changed")

    def record(self, job, components, outputs=None):
        outputs = outputs or {f"{job.stem}{end}": "a digest" for end in ENDINGS}
        entry = Entry(job.id, "done", key_of(components), components, outputs)
        self.ledger.record(entry, job.place, started="2026-01-01T00:00:00+00:00", seconds=2.0)
        self.ledger.put_estimates(
            job.id, job.place, [{"methodology": job.methodology, "enterprise": job.enterprise_id}]
        )

    def looking(self):
        digests = Digests(self.ledger.file_digests, still=True)
        return self.jobs, self.ledger.entries(), self.project.around(digests), digests


class AllFaulty:
    def of_study(self):
        return []

    def of_enterprises(self, names):
        for name in names:
            yield name, [Problem("file_not_found", f"enterprises/{name}/texts/x")]


def status(large, console):
    show_status(foresee(*large.looking()), console, "fr")


def foreseen(large, console):
    show_foreseen(foresee(*large.looking()), console, "fr")


def why(large, console):
    show_why(foresee(*large.looking()), console, "fr")


def planned(large, _):
    assert check_plan(large.project.plan(), {}) == []


def scheduled(large, _):
    schedule = Schedule(large.jobs)
    left = TimeLeft(large.jobs, {}, 2)
    while (job := schedule.next()) is not None:
        left.start(job, 0.0)
        left.seconds(1.0)
        left.end(job, 1.0)
        schedule.end(job.id, well=job.notebook.name != "01_a")


def crate(large, _):
    titles = {"fr": "Une étude"}
    write_crate(large.project.study(), titles, {}, large.ledger, large.project.outputs)


def data_checked(large, _):
    study = large.project.study()
    found = check_enterprises(study, study.enterprises, AllFaulty(), large.ledger, Digests(), "p")
    assert len(found.faulty) == len(large.project.enterprises)


def nothing_left_to_run(large, console):
    digests = Digests(large.ledger.file_digests)
    around = large.project.around(digests)
    for job in large.jobs:
        folder = around.outputs / job.folder
        outputs = {f"{job.stem}{end}": digests.of(folder / f"{job.stem}{end}") for end in ENDINGS}
        large.record(job, key_components(job, around, digests), outputs)
    progress = PlainProgress(console, "en", len(large.jobs), TimeLeft(large.jobs, {}, 1))
    report = Run(large.jobs, around, large.ledger, digests, RunOptions(large.project.home), progress).carry_out()
    assert report.unchanged == len(large.jobs)


class AtOnce:
    """A worker that leaves the files of each job as soon as it is given it, or fails."""

    def __init__(self, *, fails: bool):
        self._fails, self._given = fails, []

    @property
    def running(self):
        return [order.job_id for order in self._given]

    @property
    def has_room(self):
        return not self._given

    def submit(self, order):
        self._given.append(order)

    def wait(self, _seconds):
        order = self._given.pop()
        if self._fails:
            return [Outcome(order.job_id, Failure("cell_error", f"KeyError: {order.job_id}", 3, "x"))]
        order.work.mkdir(parents=True)
        for ending in ENDINGS:
            (order.work / f"{order.stem}{ending}").write_text(json.dumps({**order.identity, "results": {}}))
        return [Outcome(order.job_id, None, tuple(f"{order.stem}{ending}" for ending in ENDINGS))]

    def lost(self):
        return []

    def close(self):
        assert not self._given


def run_with(large, console, pool):
    digests = Digests(large.ledger.file_digests)
    options = RunOptions(large.project.home, force=True, begun=pool)
    progress = PlainProgress(console, "en", len(large.jobs), TimeLeft(large.jobs, {}, 1))
    report = Run(large.jobs, large.project.around(digests), large.ledger, digests, options, progress).carry_out()
    show_end(report, console, "en", study="demo")
    return report


def all_to_run(large, console):
    report = run_with(large, console, AtOnce(fails=False))
    assert report.all_well
    assert report.done == len(large.jobs)


def all_fail(large, console):
    report = run_with(large, console, AtOnce(fails=True))
    assert (report.failed, report.blocked) == (len(large.project.enterprises), len(large.project.enterprises) + 1)


def steps(work, large):
    """Count what Python and the libraries below it are called for."""
    count = 0

    def called(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    console = Console(file=io.StringIO(), width=120)
    gc.collect()
    gc.disable()  # or the ends of what other tests left behind would be counted too
    sys.setprofile(called)
    try:
        work(large, console)
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


@pytest.fixture(scope="module")
def studies(make_project, tmp_path_factory):
    made = {}
    for count in (FEW, MORE, MOST, VERY_MANY):
        home = tmp_path_factory.mktemp(f"of-{count}")
        made[count] = Large(make_project(home, [f"e{number:03d}" for number in range(count)]))
    yield made
    for large in made.values():
        large.ledger.close()


@pytest.mark.parametrize(
    "work",
    [status, foreseen, why, planned, scheduled, crate, data_checked, all_fail, all_to_run, nothing_left_to_run],
)
def test_twice_as_many_enterprises_take_twice_the_steps(studies, work):
    work(studies[FEW], Console(file=io.StringIO()))  # what is done but once is done before it is counted
    few, more, most = (steps(work, studies[count]) for count in (FEW, MORE, MOST))
    assert most - more <= 2.1 * (more - few)
    assert more > few


def test_counting_steps_sees_what_is_done_for_each_pair(studies):
    def for_each_pair(large, _):
        for job in large.jobs:
            for other in large.jobs:
                str.startswith(job.id, other.id)

    few, more, most = (steps(for_each_pair, studies[count]) for count in (FEW, MORE, MOST))
    assert most - more > 2.1 * (more - few)


def peak(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_is_written_of_a_large_study_is_not_held_in_memory(project, tmp_path):
    components = {
        **dict.fromkeys(("notebook", "package", "lock", "python", "methodology"), "x" * 64),
        "parameters": {"lang": "fr"},
        "inputs": {f"texts/{number}.txt": "d" * 64 for number in range(100)},
        "after": {},
    }
    row = {"methodology": "baseline", "subject": "s" * 200}

    def written(count):
        with Ledger(tmp_path / f"{count}.sqlite") as ledger:
            for number in range(count):
                entry = Entry(f"baseline/e{number:04d}/01_a.fr", "done", "k", components, {"01_a.fr.ipynb": "d"})
                ledger.record(entry, PLACE, started="2026-01-01T00:00:00+00:00")
                ledger.put_estimates(entry.job_id, PLACE, [row] * 40)
            path = tmp_path / "estimates.csv"
            return peak(lambda: write_crate(project.study(), {"fr": "x"}, {}, ledger, project.outputs)), peak(
                lambda: write_csv(path, *ledger.estimates("baseline"))
            )

    few, many = written(50), written(400)
    assert (tmp_path / "estimates.csv").stat().st_size > 3_000_000
    assert many[0] - few[0] < 30_000
    assert many[1] - few[1] < 100_000


@pytest.fixture
def short_memory(monkeypatch):
    """What is kept for the next time, up to a limit, reaches it with few enterprises."""
    for limit in (digests, "_MOST_SEEN"), (file_memory, "_MOST_FOLDERS"), (file_memory, "_MOST_UNWRITTEN"):
        monkeypatch.setattr(*limit, 10)
    monkeypatch.setattr(alike, "MOST", 10)
    monkeypatch.setattr(packing, "_A_PIECE", 10)
    monkeypatch.setattr(folders, "_matching", folders._matching.__wrapped__)


@pytest.mark.usefixtures("short_memory")
@pytest.mark.parametrize("work", [status, foreseen, why, planned, scheduled, all_fail, all_to_run, nothing_left_to_run])
def test_of_each_enterprise_hardly_more_than_its_name_is_held(studies, work):
    for count in (MOST, VERY_MANY):  # what is done but once is done before
        work(studies[count], Console(file=io.StringIO(), width=120))
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        most, very_many = (
            peak(lambda count=count: work(studies[count], Console(file=nowhere, width=120)))
            for count in (MOST, VERY_MANY)
        )
    assert very_many - most < (VERY_MANY - MOST) * 1000  # a list of jobs took some 10,000


def test_a_job_takes_little_room_in_the_ledger(tmp_path):
    """With keys and estimates as the notebooks have them; a row for each estimate took 30,000 bytes in all."""
    shared = {name: sha(name) for name in ("notebook", "package", "lock", "methodology", "page")}

    def record(ledger, number):
        inputs = {f"enterprises/e{number}/{file}.csv": sha(f"{number}{file}") for file in range(26)}
        entry = Entry(f"baseline/e{number}/01_a.fr", "done", sha(str(number)), {**shared, "inputs": inputs}, inputs)
        rows = [
            {"methodology": "baseline", "enterprise": f"e{number}", "result": "scores", "method": "A weighted mean",
             "subject": f"economy.employment.{row}", "estimate": row / 7 + number, "low": row / 9, "high": row / 5}
            for row in range(127)
        ]  # fmt: skip
        ledger.record(entry, ("baseline", f"e{number}", "01_a", "fr"), started="2026-01-01T00:00:00+00:00")
        ledger.put_estimates(entry.job_id, ("baseline", f"e{number}", "01_a", "fr"), rows)
        for name, digest in inputs.items():
            ledger.file_digests[f"/data/demo/{name}"] = (1, 2, 3, digest)

    sizes = {}
    for count in (50, 250):
        with Ledger(tmp_path / f"{count}.sqlite") as ledger:
            for number in range(count):
                record(ledger, number)
        sizes[count] = (tmp_path / f"{count}.sqlite").stat().st_size
    assert sizes[250] - sizes[50] < 200 * 12_000


def sha(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
