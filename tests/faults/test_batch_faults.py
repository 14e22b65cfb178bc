"""Whatever a notebook does, the others run, nothing half-made counts, and the failure is told in words to act on."""

from pathlib import Path

import pytest

from vises_methods.batch import digests
from vises_methods.batch.ledger import Ledger
from vises_methods.batch.report import command_to_reproduce
from vises_methods.catalogue import LANGUAGES

FAULTS = {
    "10_error": ["print('so far so good')", "total = 0\n1 / total"],
    "11_colours": ["raise ValueError('\\x1b[31mno rows\\x1b[0m in “survey.csv”')"],
    "12_exit": ["import os", "# leaves\nos._exit(3)"],
    "13_killed": ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"],
    "14_worker": ["import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"],
}

IN_THE_WAY = "21_in_the_way.fr.results.json/file"


def page(_notebook: Path, html: Path, _lang: str, context: str) -> None:
    if context == "baseline/abeille/17_page.fr":
        raise RuntimeError("no template")
    html.write_text(f"<title>{context}</title>", encoding="utf-8")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory, make_project, publishing):
    """One run over a notebook for each fault, and sound ones before, between and after."""
    project = make_project(tmp_path_factory.mktemp("faults"), ["abeille"])
    for name, cells in FAULTS.items():
        project.notebook(name, *cells)
    project.notebook("09_sound", "print(enterprise)")
    project.notebook("15_undeclared", publishing("inputs", files={"enterprises/abeille/indicators.csv": "d"}))
    project.notebook("16_twice", publishing("jobs"), publishing("jobs"))
    project.notebook("17_page", "x = 1")
    project.notebook("18_blocked", "x = 1", after=["10_error"])
    project.notebook("19_sound", publishing("jobs"), reads=["profile.yml"])
    project.notebook("20_unreadable_later", "x = 1")
    project.notebook("80_study", "print('the rest')", scope="study", after=["09_sound", "10_error", "19_sound"])
    project.notebook("21_in_the_way", "x = 1")
    for older in ("10_error.fr.ipynb", "10_error.fr.results.json", "18_blocked.fr.html", "19_sound.fr.failed.ipynb"):
        project.write(f"outputs/demo/baseline/abeille/{older}", "from an earlier run")
    project.write(f"outputs/demo/baseline/abeille/{IN_THE_WAY}", "a folder where a file should go")
    jobs = project.jobs()
    project.write("notebooks/20_unreadable_later.ipynb", '{"cells": [')
    report = project.run(jobs, workers=2, render=page, page_context=lambda job: job.id)
    return project, report


@pytest.fixture(scope="module")
def failures(faulty):
    return {job.notebook.name: failure for job, failure in faulty[1].failed}


def test_the_others_ran(faulty, failures):
    _, report = faulty
    assert [job.notebook.name for job in report.done] == ["09_sound", "19_sound", "80_study"]
    assert sorted(failures) == sorted(
        [*FAULTS, "15_undeclared", "16_twice", "17_page", "20_unreadable_later", "21_in_the_way"]
    )
    assert [(job.notebook.name, failure.detail) for job, failure in report.blocked] == [
        ("18_blocked", "baseline/abeille/10_error.fr")
    ]
    assert report.left == 0
    assert not report.all_well


@pytest.mark.parametrize(
    ("name", "kind", "detail", "cell", "line"),
    [
        ("10_error", "cell_error", "ZeroDivisionError: division by zero", 4, "total = 0"),
        ("11_colours", "cell_error", "ValueError: no rows in “survey.csv”", 3, FAULTS["11_colours"][0]),
        ("12_exit", "kernel_died", "exit 3", 4, "# leaves"),
        ("13_killed", "kernel_died", "SIGKILL", 3, "import os, signal"),
        ("14_worker", "worker", "SIGKILL", 3, "import os, signal, time"),
        ("15_undeclared", "undeclared_read", "enterprises/abeille/indicators.csv", None, ""),
        ("16_twice", "same_name_twice", "jobs", None, ""),
        ("17_page", "page", "RuntimeError: no template", None, ""),
    ],
)
def test_a_failure_names_cell_error_and_remedy(failures, name, kind, detail, cell, line):
    failure = failures[name]
    assert (failure.kind, failure.detail, failure.cell, failure.line) == (kind, detail, cell, line)
    for lang in LANGUAGES:
        assert detail in failure.what(lang)
        assert line in failure.what(lang)
        assert len(failure.remedy(lang)) > 20


def test_a_notebook_that_broke_after_the_plan_and_outputs_that_cannot_be_written(failures):
    assert failures["20_unreadable_later"].kind == "notebook"
    assert failures["21_in_the_way"].kind == "output"


def test_nothing_half_made_or_older_counts(faulty):
    project, _ = faulty
    made = set(project.made()) - {f"baseline/abeille/{IN_THE_WAY}"}
    stems = ["abeille/09_sound.fr", "abeille/19_sound.fr", "80_study.fr"]
    whole = {f"baseline/{stem}{ending}" for stem in stems for ending in (".ipynb", ".results.json", ".html")}
    as_far = {f"baseline/abeille/{name}.fr.failed.ipynb" for name in FAULTS}
    assert made == whole | as_far | {"baseline/estimates.csv"}
    far = project.made()["baseline/abeille/10_error.fr.failed.ipynb"].decode()
    assert "so far so good" in far
    assert "ZeroDivisionError" in far


def test_what_a_run_made_is_not_read_again_to_know_it(faulty):
    project, report = faulty
    with Ledger.for_reading(project.outputs / "ledger.sqlite") as ledger:
        known = {name for name in ledger.file_digests if name.startswith(str(project.outputs))}
    made = {str(project.outputs / job.folder / f"{job.stem}.ipynb") for job in report.done}
    assert made
    assert made <= known


def test_the_ledger_tells_the_same_later(faulty, failures):
    project, report = faulty
    with Ledger.for_reading(project.outputs / "ledger.sqlite") as ledger:
        entries = dict(ledger.entries())
    for name, failure in failures.items():
        assert entries[f"baseline/abeille/{name}.fr"].failure == failure
    assert entries["baseline/abeille/18_blocked.fr"].state == "blocked"
    job = next(job for job, _ in report.failed if job.notebook.name == "10_error")
    assert command_to_reproduce(job, "demo") == (
        "vises run --study demo --enterprise abeille --notebook 10_error --lang fr"
    )


def test_a_hang_is_ended_and_told(project):
    project.notebook("01_hangs", "import time\ntime.sleep(600)")
    report = project.run(project.jobs()[:1], timeout=3.0)
    assert [(failure.kind, failure.cell) for _, failure in report.failed] == [("timeout", 3)]
    assert report.seconds < 60


def test_an_input_that_cannot_be_read(project, monkeypatch):
    project.notebook("01_a", "x = 1", reads=["indicators.csv"])

    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    around = project.around(digests.Digests())
    monkeypatch.setattr(project, "around", lambda _digests: around)
    monkeypatch.setattr(digests, "sha256", refused)
    report = project.run(project.jobs()[:1])
    assert [failure.kind for _, failure in report.failed] == ["input"]
    assert "indicators.csv" in report.failed[0][1].what("fr")
