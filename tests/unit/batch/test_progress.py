"""What a run shows: how far, how long still, what runs, failures as they come, one screen at the end."""

import io

import pytest
from rich.console import Console

from vises_methods.batch.alike import MOST
from vises_methods.batch.keys import Reason
from vises_methods.batch.ledger import Entry
from vises_methods.batch.outcome import Failure
from vises_methods.batch.progress import BarProgress, PlainProgress, TimeLeft, duration, progress_for
from vises_methods.batch.report import show_end, show_foreseen, show_problems, show_status
from vises_methods.batch.runner import RunReport
from vises_methods.batch.staleness import Explanation
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
    left.start(jobs[0], 0.0)
    assert left.seconds(5.0) == 27.5
    left.end(jobs[0], 20.0)
    assert left.seconds(20.0) == 50.0
    for job in jobs[1:]:
        left.end(job, 20.0)
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
    report = RunReport(done=1, left=1, seconds=12)
    report.note_failure(jobs[1], FAILURE)
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
    report = RunReport()
    for job in jobs:
        report.note_failure(job, FAILURE)
    show_end(report, console, "en", study="demo")
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
    changed = Reason("inputs", ("a.csv",))
    foreseen = [
        Explanation(jobs[0], [], Entry(jobs[0].id, "done", "k", {}, {})),
        Explanation(jobs[1], [changed], Entry(jobs[1].id, "done", "k", {}, {})),
        Explanation(jobs[2], [Reason("failed_before")], Entry(jobs[2].id, "failed", "k", {}, {}, FAILURE)),
    ]
    show_foreseen(foreseen, console, lang)
    assert changed.sentence(lang) in shown(console)
    assert "abeille" not in shown(console)
    assert show_status(foreseen, console, lang)
    assert FAILURE.what(lang) in shown(console)
    assert f"{changed.sentence(lang)}: bourdon · 01_a (fr)" in shown(console)
    assert not show_status(foreseen[:2], console, lang)


def many(make_project, home, what):
    """Return what is to be said of more jobs than can be read, one of each enterprise."""
    project = make_project(home, [f"e{number:03d}" for number in range(MOST + 2)])
    project.notebook("01_a", "x = 1")
    return [what(job, number) for number, job in enumerate(project.jobs())]


def test_where_too_many_change_those_are_told_together_whose_own_files_bear_the_same_name(
    make_project, tmp_path, console
):
    def own_file_changed(job, _):
        reason = Reason("inputs", (f"enterprises/{job.enterprise_id}/a.csv",))
        return Explanation(job, [reason], Entry(job.id, "done", "k", {}, {}))

    foreseen = many(make_project, tmp_path, own_file_changed)
    show_foreseen(foreseen, console, "en")
    show_status(foreseen, console, "en")
    said = shown(console)
    assert len(said.splitlines()) < 10
    assert f"e000 … (+{MOST + 1})" in said
    assert f"enterprises/…/a.csv: e000 · 01_a (fr), e001 · 01_a (fr), e002 · 01_a (fr) … (+{MOST - 1})" in said
    assert f"To run: {MOST + 2}." in said


def test_failures_too_many_to_be_read_are_counted(make_project, tmp_path, console):
    def failed_of_its_own(job, number):
        failure = Failure("cell_error", f"KeyError: {number}", 3, "x")
        return Explanation(job, [Reason("failed_before")], Entry(job.id, "failed", "k", {}, {}, failure))

    foreseen = many(make_project, tmp_path, failed_of_its_own)
    report = RunReport()
    for each in foreseen:
        report.note_failure(each.job, each.entry.failure)
    assert show_status(foreseen, console, "en")
    assert sum(line.startswith("✗") for line in shown(console).splitlines()) == MOST + 1
    assert "✗ … (+2)" in shown(console).splitlines()
    show_end(report, console, "en", study="demo")
    assert shown(console).splitlines().count("✗ … (+2)") == 2
