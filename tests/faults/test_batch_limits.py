"""Memory, tries and room on the disk have an end: what goes beyond is told, and what may pass is tried again."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
DIES_ONCE = """
import os, signal
from pathlib import Path
flag = Path(os.environ["VISES_HOME"]) / "died"
if not flag.exists():
    flag.touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""
ALWAYS_DIES = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
ON_A_SMALL_DISK = """
import importlib.util, resource, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("batch_project", sys.argv[1])
batch_project = sys.modules["batch_project"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(batch_project)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
report = batch_project.Project(Path(sys.argv[2]), ["abeille"]).run()
print([job.notebook.name for job in report.done], [(job.notebook.name, why.kind) for job, why in report.failed])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to a limit of memory")
def test_memory_and_tries_come_to_an_end(make_project, publishing, tmp_path):
    project = make_project(tmp_path, ["abeille"])
    project.notebook("01_greedy", "print('as far as here')", "taken = bytearray(3_000_000_000)")
    project.notebook("02_dies_once", DIES_ONCE, publishing("jobs"))
    project.notebook("03_always_dies", ALWAYS_DIES)
    project.notebook("04_error", "1 / 0")
    report = project.run(workers=2, memory=1_000_000_000, retries=1)
    assert [job.notebook.name for job in report.done] == ["02_dies_once"]
    failures = {job.notebook.name: failure for job, failure in report.failed}
    assert {name: (failure.kind, failure.cell) for name, failure in failures.items()} == {
        "01_greedy": ("memory", 4), "03_always_dies": ("kernel_died", 3), "04_error": ("cell_error", 3),
    }  # fmt: skip
    assert "de toegestane 1 GB" in failures["01_greedy"].what("nl")
    assert "les 1 Go permis" in failures["01_greedy"].what("fr").replace("\xa0", " ")
    assert "--memory" in failures["01_greedy"].remedy("fr")
    with closing(sqlite3.connect(project.outputs / "ledger.sqlite")) as ledger:
        attempts = ledger.execute("SELECT notebook, state, failure FROM attempts ORDER BY notebook, rowid").fetchall()
    assert attempts == [
        ("01_greedy", "failed", "memory"), ("02_dies_once", "failed", "kernel_died"), ("02_dies_once", "done", None),
        ("03_always_dies", "failed", "kernel_died"), ("03_always_dies", "failed", "kernel_died"),
        ("04_error", "failed", "cell_error"),
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files is set as POSIX systems do")
def test_a_disk_without_room_is_told_and_the_next_run_goes_on(make_project, publishing, tmp_path):
    def project_in(folder: Path):
        project = make_project(folder, ["abeille"])
        project.notebook("01_small", publishing("jobs"))
        project.notebook("02_large", "print('\\n'.join(['x' * 99] * 10_000))", publishing("wages"))
        return project

    project, undisturbed = project_in(tmp_path / "full"), project_in(tmp_path / "undisturbed")
    command = [sys.executable, "-c", ON_A_SMALL_DISK, str(HERE / "conftest.py"), str(project.home)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "['01_small'] [('02_large', 'output')]"
    assert not [name for name in project.made() if "02_large" in name]
    assert [job.notebook.name for job in project.run().done] == ["02_large"]
    assert undisturbed.run().all_well
    assert project.made() == undisturbed.made()
