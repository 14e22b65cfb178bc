"""Workers that start while the data are checked: none too many, none left behind, none relied upon."""

import time
from pathlib import Path

import psutil
import pytest

from vises_methods.batch.runner import WORK, RunOptions, with_workers_begun


def processes_of(options):
    return [psutil.Process(worker.process.pid) for worker in options.begun._workers]


@pytest.mark.parametrize(("jobs", "given"), [(0, {}), (3, {"pool": lambda _: None})])
def test_none_is_started_where_nothing_is_to_run_or_others_run_it(tmp_path, jobs, given):
    options = RunOptions(tmp_path, workers=2, **given)
    assert with_workers_begun(options, tmp_path / "outputs", jobs) is options
    assert not (tmp_path / "outputs").exists()


def test_those_never_given_anything_are_ended_at_once(project):
    options = with_workers_begun(RunOptions(project.home, workers=2), project.outputs, 1)
    processes = processes_of(options)
    assert len(processes) == 1
    began = time.monotonic()
    options.begun.close()
    assert time.monotonic() - began < 30
    assert not any(process.is_running() for process in processes)


def test_one_that_was_killed_meanwhile_costs_an_attempt_and_no_job(project, publishing):
    project.notebook("01_quick", publishing("jobs"), reads=["profile.yml"])
    left_behind = project.outputs / WORK / "jobs" / "old"
    left_behind.mkdir(parents=True)
    options = with_workers_begun(RunOptions(project.home, retries=1), project.outputs, 1)
    (worker,) = processes_of(options)
    worker.kill()
    worker.wait(30)
    report = project.run(begun=options.begun, retries=1)
    assert [job.notebook.name for job in report.done] == ["01_quick"] * len(report.done)
    assert report.done
    assert report.all_well
    assert not Path(left_behind).exists()
