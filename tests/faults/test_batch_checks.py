"""The check of the data, in processes of its own: the same text whatever their number, and nothing lost when killed."""

import importlib
import signal
import subprocess
import sys
import time
import tracemalloc
from functools import partial

import psutil
import pytest

from vises_methods.batch.check_processes import CheckProcesses
from vises_methods.batch.checks import check_enterprises
from vises_methods.batch.digests import Digests
from vises_methods.batch.ledger import Ledger
from vises_methods.errors import in_order
from vises_methods.study import StudyCheck, check_study, data_root, enterprise_names

PATIENCE = 60
DOUBLE = """
import os, signal, sys, time
from pathlib import Path
from vises_methods.errors import Problem

class Double:
    problems = [Problem("file_not_found", "study.yml", values={"path": "study"})]

    def of_enterprise(self, name):
        if name.startswith("dies"):
            os.kill(os.getpid(), signal.SIGKILL)
        once = Path(__file__).with_name(name)
        if name.startswith("once") and not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("raises"):
            raise ValueError("no such rule")
        return [Problem("file_not_found", f"enterprises/{name}/a.csv", row, values={"path": name}) for row in (9, 2)]

class Broken:
    def __init__(self):
        raise RuntimeError("no reference")

class Dead:
    def __init__(self):
        os.kill(os.getpid(), signal.SIGKILL)

class Slow:
    problems = []

    def of_enterprise(self, name):
        Path(__file__).with_name(f"pid{os.getpid()}").touch()
        time.sleep(0.1 if name < "e3" else 60)
        return []
"""
BATCH = """
import importlib.util, sys
from pathlib import Path
if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])
    spec = importlib.util.spec_from_file_location("batch_project", sys.argv[1])
    batch_project = sys.modules["batch_project"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(batch_project)
    from checked_double import Slow
    from vises_methods.batch.check_processes import CheckProcesses
    from vises_methods.batch.checks import check_enterprises
    from vises_methods.batch.digests import Digests
    from vises_methods.batch.ledger import Ledger
    project = batch_project.Project(Path(sys.argv[2]), [f"e{n}" for n in range(6)])
    study = project.study()
    with Ledger(project.outputs / "ledger.sqlite") as ledger, CheckProcesses(Slow, 2) as check:
        check_enterprises(study, study.enterprises, check, ledger, Digests(), "p")
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent to processes as POSIX systems do")


@pytest.fixture
def double(tmp_path, monkeypatch):
    (tmp_path / "checked_double.py").write_text(DOUBLE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("checked_double")
    del sys.modules["checked_double"]


def told(make, size, names):
    with CheckProcesses(make, size) as check:
        problems = list(check.of_study())
        for _, found in check.of_enterprises(names):
            problems.extend(found)
    return [problem.message(lang) for problem in in_order(problems) for lang in ("fr", "nl", "en")]


def test_the_text_is_the_same_from_one_process_two_or_none():
    study = data_root() / "demo-broken"
    names = enterprise_names(study)
    here = [problem.message(lang) for problem in check_study(study) for lang in ("fr", "nl", "en")]
    assert len(here) > 300
    for size in (1, 2):
        assert told(partial(StudyCheck, study), size, names) == here


@posix
def test_a_check_that_kills_its_process_or_fails_is_told_and_the_others_go_on(double):
    names = ["a", "dies", "b", "once", "raises", "c", "d", "e", "f"]
    with CheckProcesses(double.Double, 2) as check:
        found = dict(check.of_enterprises(names))
    assert sorted(found) == sorted(names)
    lost = {name: problems[0].values["found"] for name, problems in found.items() if len(problems) == 1}
    assert lost == {"dies": "SIGKILL", "raises": "ValueError: no such rule"}
    assert all("SIGKILL" in found["dies"][0].message(lang) for lang in ("fr", "nl", "en"))
    assert [problem.row for problem in found["once"]] == [9, 2]


@posix
def test_what_cannot_begin_is_told_and_not_tried_for_ever(double):
    with CheckProcesses(double.Broken, 1) as check, pytest.raises(RuntimeError, match="no reference"):
        check.of_study()
    with CheckProcesses(double.Dead, 1) as check, pytest.raises(Exception, match="memory is used up"):
        check.of_study()


@posix
@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_stopped_at_any_moment_it_leaves_no_process_and_goes_on_where_it_was(make_project, tmp_path, ending, request):
    project = make_project(tmp_path, [f"e{number}" for number in range(6)])
    script = project.write("batch.py", BATCH)
    conftest = request.path.parents[1] / "conftest.py"
    batch = subprocess.Popen([sys.executable, script, conftest, tmp_path], stderr=subprocess.DEVNULL)
    try:
        until(lambda: len(passed(project)) >= 3)
        checking = [psutil.Process(int(path.name[3:])) for path in tmp_path.glob("pid*")]
        batch.send_signal(ending)
        assert batch.wait(PATIENCE) != 0
        until(lambda: not any(alive(process) for process in checking))
    finally:
        batch.kill()
        batch.wait()
    left = Asked()
    study = project.study()
    with Ledger(project.outputs / "ledger.sqlite") as ledger:
        check_enterprises(study, study.enterprises, left, ledger, Digests(), "p")
    assert left.names == ("e3", "e4", "e5")


class Asked:
    """Finds nothing wrong, and remembers what it was asked."""

    names = ()

    def of_study(self):
        return []

    def of_enterprises(self, names):
        self.names = names
        for name in names:
            yield name, []


def test_the_memory_of_the_batch_does_not_grow_with_what_is_checked(make_project, tmp_path):
    def peak(count):
        project = make_project(tmp_path / str(count), [f"e{number:04d}" for number in range(count)])
        study = project.study()
        with Ledger(project.outputs / "ledger.sqlite") as ledger:
            tracemalloc.start()
            try:
                found = check_enterprises(study, study.enterprises, Asked(), ledger, Digests(ledger.file_digests), "p")
                return tracemalloc.get_traced_memory()[1], len(found.sound)
            finally:
                tracemalloc.stop()

    (few, _), (many, sound) = peak(50), peak(450)
    assert sound == 450
    assert many - few < 400 * 1000  # of each its name and a digest


def passed(project):
    path = project.outputs / "ledger.sqlite"
    if not path.exists():
        return {}
    with Ledger.for_reading(path) as ledger:
        digests = {name: ledger.passed_check(name) for name in project.enterprises}
    return {name: digest for name, digest in digests.items() if digest is not None}


def until(met) -> None:
    limit = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
