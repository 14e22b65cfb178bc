"""What a run shows: how far, how long still, what runs, failures as they come, one screen at the end."""

import io

import pytest
from rich.console import Console

from vises_methods.batch.keys import Reason
from vises_methods.batch.ledger import Entry
from vises_methods.batch.outcome import Failure
from vises_methods.batch.progress import BarProgress, PlainProgress, TimeLeft, duration, progress_for
from vises_methods.batch.report import show_end, show_foreseen, show_problems, show_status
from vises_methods.batch.runner import RunReport
from vises_methods.catalogue import LANGUAGES
from vises_methods.errors import Problem

FAILURE = Failure("cell_error", "KeyError: 'jobs' [bold]", 7, "table['jobs']")


@pytest.fixture
def jobs(project):
    project.notebook("01_a", "x = 1")
    project.notebook("80_z", "x = 1", scope="study", after=["01_a"])
    return project.jobs()


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=120, force_terminal=False)


def shown(console: Console) -> str:
    return console.file.getvalue()


def test_time_left_comes_from_the_ledger_and_is_corrected_by_what_happens(jobs):
    left = TimeLeft(jobs, {"01_a": 10.0, "80_z": 40.0}, 2)
    assert left.seconds(0.0) == 30.0
    left.start(jobs[0].id, 0.0)
    assert left.seconds(5.0) == 27.5
    left.end(jobs[0].id, 20.0)
    assert left.seconds(20.0) == 50.0
    for job in jobs:
        left.end(job.id, 20.0)
    assert left.seconds(20.0) == 0.0


def test_without_any_experience_something_is_still_said(jobs):
    assert TimeLeft(jobs, {}, 1).seconds(0.0) > 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plain_lines_one_a_job_and_failures_as_they_come(jobs, console, lang):
    with progress_for(console, lang, 3, TimeLeft(jobs, {}, 1)) as progress:
        assert type(progress) is PlainProgress
        progress.started(jobs[0])
        progress.ended(jobs[0], "done", None)
        progress.ended(jobs[1], "failed", FAILURE)
        progress.ended(jobs[2], "unchanged", None)
        progress.notice("enough")
    lines = shown(console).splitlines()
    assert len(lines) == 4
    assert "[1/3] abeille · 01_a (fr)" in lines[0]
    assert FAILURE.what(lang) in lines[2]
    assert lines[3] == "enough"


def test_a_terminal_gets_a_bar_with_what_runs(jobs):
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    with progress_for(console, "fr", 3, TimeLeft(jobs, {"01_a": 30.0}, 1)) as progress:
        assert isinstance(progress, BarProgress)
        progress.started(jobs[1])
        progress.ended(jobs[0], "failed", FAILURE)
        progress._live.refresh()
    said = shown(console)
    assert "bourdon · 01_a (fr)" in said
    assert "1/3, reste" in said
    assert FAILURE.what("fr") in said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "0 s"), (89, "89 s"), (100, "2 min"), (5399, "90 min"), (7500, "2 h 05")]
)
def test_durations_as_people_say_them(seconds, said):
    assert duration(seconds, "en") == said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_end_on_one_screen(jobs, console, lang, tmp_path):
    report = RunReport(done=[jobs[0]], failed=[(jobs[1], FAILURE)], left=[jobs[2]], seconds=12)
    so_far = tmp_path / jobs[1].folder / f"{jobs[1].stem}.failed.ipynb"
    so_far.parent.mkdir(parents=True)
    so_far.touch()
    show_end(report, console, lang, study="demo", faulty=["cigale"], page=tmp_path / "index.html")
    said = shown(console)
    for part in (FAILURE.what(lang), FAILURE.remedy(lang), str(so_far), "cigale", str(tmp_path / "index.html")):
        assert part in said
    assert "vises run --study demo --enterprise bourdon --notebook 01_a --lang fr" in said


def test_a_failure_is_told_in_the_words_of_the_language():
    assert Failure("memory", "1.5").what("fr").endswith("que les 1,5 Go permis")
    assert Failure("memory", "1.5").what("en").endswith("than the 1.5 GB allowed")
    blocked = Failure("blocked", "baseline/vire-lune/04_indicator_aggregation.fr")
    assert blocked.what("nl") == "Wacht op vire-lune · 04_indicator_aggregation (fr), dat mislukt is"
    assert Failure("blocked", "baseline/80_portfolio.fr").what("en") == "Waits for 80_portfolio (fr), which failed"


def test_failures_with_one_cause_are_told_once(jobs, console):
    show_end(RunReport(failed=[(job, FAILURE) for job in jobs]), console, "en", study="demo")
    assert shown(console).count(FAILURE.what("en")) == 1
    assert "✗ abeille · 01_a (fr), bourdon · 01_a (fr), whole study · 80_z (fr)" in shown(console)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_problems_with_place_found_allowed_and_remedy(console, lang):
    problem = Problem("out_of_range", "enterprises/a/x.csv", 4, "value", {"value": "-3", "allowed": "0-100"})
    show_problems([problem], console, lang)
    said = shown(console)
    for part in (problem.place(lang), problem.found(lang), problem.allowed(lang), problem.remedy(lang)):
        assert part in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_would_run_and_how_things_stand(jobs, console, lang):
    foreseen = {jobs[0].id: [], jobs[1].id: [Reason("inputs", ("a.csv",))], jobs[2].id: [Reason("failed_before")]}
    entries = {
        jobs[0].id: Entry(jobs[0].id, "done", "k", {}, {}),
        jobs[1].id: Entry(jobs[1].id, "done", "k", {}, {}),
        jobs[2].id: Entry(jobs[2].id, "failed", "k", {}, {}, FAILURE),
    }
    show_foreseen(jobs, foreseen, console, lang)
    assert foreseen[jobs[1].id][0].sentence(lang) in shown(console)
    assert "abeille" not in shown(console)
    show_status(jobs, foreseen, entries, console, lang)
    assert FAILURE.what(lang) in shown(console)
    assert f"{foreseen[jobs[1].id][0].sentence(lang)}: bourdon · 01_a (fr)" in shown(console)
