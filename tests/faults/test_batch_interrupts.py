"""Stopped in any way, a batch leaves no process and nothing half-written, and the next run goes on from there."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from vises_methods.batch.interrupts import Interrupts, one_run_at_a_time
from vises_methods.errors import NotebookError

HERE = Path(__file__).parents[1]
PATIENCE = 90
SCRIPT = """
import importlib.util, json, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("batch_project", sys.argv[1])
batch_project = sys.modules["batch_project"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(batch_project)
report = batch_project.Project(Path(sys.argv[2]), ["abeille"]).run()
print(json.dumps([[job.notebook.name for job in report.done], report.left]))
"""
WAITS = """
import os, time
from pathlib import Path
home = Path(os.environ["VISES_HOME"])
(home / "started").write_text(str(os.getpid()))
while not (home / "go").exists():
    time.sleep(0.05)
"""


@pytest.fixture
def waiting(make_project, publishing, tmp_path):
    """A batch in another process, whose second notebook waits for a file; it and its kernel are ended afterwards."""
    if sys.platform == "win32":
        pytest.skip("signals are sent to processes as POSIX systems do")
    project = make_project(tmp_path, ["abeille"])
    project.notebook("01_quick", publishing("jobs"), reads=["profile.yml"])
    project.notebook("02_waits", WAITS, publishing("jobs"))
    project.notebook("03_after", "x = 1", after=["02_waits"])
    command = [sys.executable, "-c", SCRIPT, str(HERE / "conftest.py"), str(tmp_path)]
    batch = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    until(lambda: (tmp_path / "started").is_file() and (tmp_path / "started").read_text())
    family = psutil.Process(batch.pid).children(recursive=True)
    kernel = int((tmp_path / "started").read_text())
    assert kernel in [process.pid for process in family]
    yield project, batch, family
    for process in family:
        if process.is_running():
            process.kill()
    batch.kill()
    batch.wait()


def until(met) -> None:
    limit = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)


def all_gone(family) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)


def undisturbed(make_project, publishing, folder: Path) -> dict[str, bytes]:
    project = make_project(folder, ["abeille"])
    project.notebook("01_quick", publishing("jobs"), reads=["profile.yml"])
    project.notebook("02_waits", WAITS, publishing("jobs"))
    project.notebook("03_after", "x = 1", after=["02_waits"])
    project.write("go", "")
    assert project.run().all_well
    return project.made()


def test_killed_at_once_and_then_gone_on(waiting, make_project, publishing, tmp_path_factory):
    project, batch, family = waiting
    os.kill(batch.pid, signal.SIGKILL)
    batch.wait()
    until(lambda: all_gone(family))
    assert not [name for name in project.made() if "02_waits" in name and ".work" not in name]
    project.write("go", "")
    report = project.run()
    assert [job.notebook.name for job in report.unchanged] == ["01_quick"]
    assert [job.notebook.name for job in report.done] == ["02_waits", "03_after"]
    made = {name: content for name, content in project.made().items() if name != ".run.lock"}
    assert made == undisturbed(make_project, publishing, tmp_path_factory.mktemp("undisturbed"))


def test_ctrl_c_once_finishes_what_runs(waiting):
    project, batch, family = waiting
    batch.send_signal(signal.SIGINT)
    time.sleep(1)
    assert batch.poll() is None
    project.write("go", "")
    told, _ = batch.communicate(timeout=PATIENCE)
    assert json.loads(told) == [["01_quick", "02_waits"], 1]
    until(lambda: all_gone(family))


def test_ctrl_c_twice_stops_now(waiting):
    project, batch, family = waiting
    batch.send_signal(signal.SIGINT)
    time.sleep(1)  # two signals in one breath are one to a busy process
    batch.send_signal(signal.SIGINT)
    told, _ = batch.communicate(timeout=20)
    assert json.loads(told) == [["01_quick"], 2]
    until(lambda: all_gone(family))
    names = {"01_quick.fr.ipynb", "01_quick.fr.results.json", "estimates.csv"}
    assert {Path(name).name for name in project.made()} == names


def test_ctrl_c_is_heard_where_the_shell_had_it_ignored():
    """As shells do for what they start in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            os.kill(os.getpid(), signal.SIGINT)
        assert interrupts.count == 1
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_one_run_at_a_time_on_a_study(tmp_path):
    with one_run_at_a_time(tmp_path / "demo"):
        with pytest.raises(NotebookError) as told, one_run_at_a_time(tmp_path / "demo"):
            pass
        assert "demo" in told.value.message("fr")
        with one_run_at_a_time(tmp_path / "other"):
            pass
    with one_run_at_a_time(tmp_path / "demo"):
        pass
