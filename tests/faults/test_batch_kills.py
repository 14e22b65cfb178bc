"""Killed at random moments, a batch still comes to the same files, byte for byte, and leaves no process behind.

Each lane works on a project of its own: a run is started and, at a moment drawn by chance, one of its processes (the
run itself, a worker, its fork server, a kernel) is killed. After a series of kills runs are started until one ends
well, its files are compared with those of a run that nobody disturbed, everything is thrown away, and the next series
begins.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

HERE = Path(__file__).parents[1]
KILLS, LANES, SERIES = 200, 4, 2
LONGEST_WAIT = 0.4
WEIGHTS = {"run": 1, "worker": 2, "server": 2, "kernel": 7}
"""How often each is to die; a new run takes longest to come as far as jobs."""
PATIENCE = 120
ENTERPRISES = ["abeille", "bourdon", "criquet", "demoiselle", "eristale", "fourmi"]
ASLEEP = "import time; time.sleep(0.15)"
"""Jobs that take time and no processor, so that there is something to kill."""
SCRIPT = """
import importlib.util, sys
from pathlib import Path
from vises_methods.batch.quick_start import import_jsonschema
import_jsonschema()
spec = importlib.util.spec_from_file_location("batch_project", sys.argv[1])
batch_project = sys.modules["batch_project"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(batch_project)
project = batch_project.Project(Path(sys.argv[2]), sys.argv[3:])
report = project.run(workers=2, retries=2)
sys.exit(0 if report.all_well else 1)
"""


@pytest.fixture(scope="module")
def lane(make_project, publishing):
    """Return what makes a project of thirteen jobs, one of which reads the results of the others."""

    def make(folder: Path):
        project = make_project(folder, ENTERPRISES)
        project.notebook("01_quick", ASLEEP, publishing("jobs"), reads=["profile.yml"])
        project.notebook("02_after", publishing("wages", "2.5"), ASLEEP, "print(enterprise)", after=["01_quick"])
        project.notebook("80_study", publishing("all", "7.0"), scope="study", after=["01_quick", "02_after"])
        return project

    return make


def command(project) -> list[str]:
    return [sys.executable, "-c", SCRIPT, str(HERE / "conftest.py"), str(project.home), *ENTERPRISES]


def files(project) -> dict[str, bytes]:
    return {name: content for name, content in project.made().items() if not name.startswith(".run.lock")}


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def of_the_project(folder: Path) -> list[psutil.Process]:
    """Return the processes that still work in a folder; one whose parent was killed ends a moment after it."""
    found = [process for process in psutil.process_iter(["environ"]) if str(folder) in str(process.info["environ"])]
    return [process for process in alive(found) if process.pid != os.getpid()]


def family(batch: subprocess.Popen) -> dict[str, list[psutil.Process]]:
    """Return the processes of a run: itself, those it started, and those that these started.

    The workers share a fork server; once that was killed, each starts one of its own.
    """
    below = alive([psutil.Process(pid) for pid in children(batch.pid)])
    started = {process.pid: "batch.warm.server" in " ".join(process.cmdline()) for process in below}
    workers = [pid for pid, serves in started.items() if not serves]
    servers = [pid for pid, serves in started.items() if serves]
    servers += [server for worker in workers for server in children(worker)]
    kernels = [kernel for server in servers for kernel in children(server)]
    found = {"run": [batch.pid], "worker": workers, "server": servers, "kernel": kernels}
    return {kind: [psutil.Process(pid) for pid in pids] for kind, pids in found.items()}


def children(pid: int) -> list[int]:
    """Return the processes that a process started, without looking at every process of the machine."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def killed_one(batch: subprocess.Popen, chance: random.Random, seen: set[psutil.Process]) -> str:
    """Kill a process of a run at a random moment, and return which kind it was; empty where the run ended before.

    Which it is to be is drawn first, so that a slow machine, on which workers come late, sees as many of them die.
    """
    kind, wait = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0], chance.uniform(0, LONGEST_WAIT)
    limit = time.monotonic() + PATIENCE
    while batch.poll() is None:
        assert time.monotonic() < limit, f"no {kind} comes, and the run does not end"
        try:
            victims = family(batch)[kind]
            seen.update(victims)
            if victims:
                time.sleep(wait)
                chance.choice(victims).send_signal(signal.SIGKILL)
                return kind
        except (psutil.NoSuchProcess, OSError):
            pass  # one of them has just ended
        time.sleep(0.03)
    return ""


def disturbed(project, expected: dict[str, bytes], kills: int, chance: random.Random) -> Counter:
    """Disturb runs of a project until the kills are done, and compare what each series of runs came to."""
    done: Counter = Counter()
    for number in range(1, SERIES + 1):
        next_end = kills * number // SERIES
        seen: set[psutil.Process] = set()
        while True:
            batch = subprocess.Popen(command(project))
            try:
                while batch.poll() is None and done.total() < next_end:
                    kind = killed_one(batch, chance, seen)
                    done.update([kind] if kind else [])
                ended_well = batch.wait(PATIENCE) == 0
            finally:
                batch.kill()
            limit = time.monotonic() + PATIENCE
            while alive(list(seen)):
                assert time.monotonic() < limit, f"left behind: {alive(list(seen))}"
                time.sleep(0.02)
            if ended_well:
                assert files(project) == expected
                shutil.rmtree(project.outputs)
                if done.total() >= next_end:
                    break
    return done


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="processes and what they started are read from /proc")
def test_kills_change_nothing(lane, tmp_path):
    undisturbed = lane(tmp_path / "undisturbed")
    assert subprocess.run(command(undisturbed), timeout=PATIENCE, check=False).returncode == 0
    expected = files(undisturbed)
    assert len(expected) == 27
    projects = [lane(tmp_path / f"lane-{number}") for number in range(LANES)]
    with ThreadPoolExecutor(LANES) as threads:
        lanes = [
            threads.submit(disturbed, project, expected, KILLS // LANES, random.Random(number))
            for number, project in enumerate(projects)
        ]
        done = sum((future.result() for future in lanes), Counter())
    assert done.total() == KILLS
    assert min(done[kind] for kind in WEIGHTS) >= KILLS / 50, done
    limit = time.monotonic() + PATIENCE
    while left := of_the_project(tmp_path):
        assert time.monotonic() < limit, f"left behind: {left}"
        time.sleep(0.1)
