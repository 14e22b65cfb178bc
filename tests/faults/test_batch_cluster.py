"""A real scheduler and two workers: the same files as on one machine, even when a worker is killed in the middle."""

import os
import re
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from vises_methods.batch.cluster import ClusterError, ClusterPool
from vises_methods.batch.workers import kill_tree
from vises_methods.catalogue import LANGUAGES
from vises_methods.errors import InputError

PATIENCE = 300
WAITS = """
import os, time
from pathlib import Path
home = Path(os.environ["VISES_HOME"])
(home / f"started-{enterprise}").write_text(str(os.getpid()))
while not (home / "go").exists():
    time.sleep(0.05)
"""


def until(met):
    limit = time.monotonic() + PATIENCE
    while not (found := met()):
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler with two workers, who see another folder of outputs than the run does."""
    folder = tmp_path_factory.mktemp("cluster")
    known = folder / "scheduler.json"
    variables = {**os.environ, "VISES_OUTPUTS": str(folder / "outputs-of-the-workers")}
    variables.pop("VISES_HOME", None)
    log = (folder / "log.txt").open("w")
    common = ["--scheduler-file", str(known)]

    def start(*command: str) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-m", *command], env=variables, stdout=log, stderr=log, cwd=folder)

    started = [start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *common)]
    until(known.is_file)
    worker = ["distributed.cli.dask_worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", *common]
    started += [start(*worker), start(*worker)]
    from distributed import Client

    with Client(scheduler_file=str(known), set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)
        yield client
    for process in reversed(started):
        kill_tree(process.pid, itself=True)
        process.wait()
    log.close()


def project_in(folder, make_project, publishing):
    project = make_project(folder, ["abeille", "bourdon"])
    project.notebook("01_waits", WAITS, publishing("jobs"), reads=["profile.yml"])
    project.notebook("80_study", publishing("all"), scope="study", after=["01_waits"])
    return project


def files(project) -> dict[str, bytes]:
    return {name: content for name, content in project.made().items() if not name.startswith(".run.lock")}


def pool_for(project, client):
    address = client.scheduler.address
    return lambda scratch: ClusterPool(address, project.home, project.outputs.parent, project.study().path, scratch)


def test_a_worker_killed_in_the_middle_changes_nothing_and_is_told(
    cluster, make_project, publishing, tmp_path, monkeypatch
):
    told: list[str] = []
    monkeypatch.setattr("vises_methods.batch.progress.PlainProgress.notice", lambda _, message: told.append(message))
    undisturbed = project_in(tmp_path / "undisturbed", make_project, publishing)
    undisturbed.write("go", "")
    assert undisturbed.run(workers=2).all_well
    project = project_in(tmp_path / "disturbed", make_project, publishing)
    kernels: list[int] = []

    def disturb() -> None:
        until(lambda: (project.home / "started-abeille").exists())
        kernels.append(until(lambda: int((project.home / "started-abeille").read_text() or 0)))
        victim = next(
            process.pid
            for process in psutil.Process(kernels[0]).parents()
            if process.pid in cluster.run(os.getpid).values()
        )
        os.kill(victim, signal.SIGKILL)
        project.write("go", "")

    disturber = threading.Thread(target=disturb)
    disturber.start()
    report = project.run(pool=pool_for(project, cluster), retries=1)
    disturber.join()
    assert report.all_well
    assert len(told) == 1
    assert re.search(r"worker tcp://127.0.0.1:\d+ was lost", told[0])
    assert files(project) == files(undisturbed)
    until(lambda: not psutil.pid_exists(kernels[0]))
    assert project.run(pool=pool_for(project, cluster)).unchanged == project.jobs()


def test_a_worker_with_other_data_is_refused_before_anything_runs(cluster, make_project, publishing, tmp_path):
    project = project_in(tmp_path / "here", make_project, publishing)
    other = project_in(tmp_path / "there", make_project, publishing)
    other.write("data/demo/enterprises/abeille/profile.yml", "name: other\n")
    cluster.wait_for_workers(2, timeout=PATIENCE)
    one = sorted(cluster.scheduler_info()["workers"])[0]
    # By value: a method of os.environ itself would come to the worker with a copy of this process's environment.
    cluster.run(lambda home: os.environ.update(VISES_HOME=home), str(other.home), workers=[one])
    project.write("go", "")
    other.write("go", "")
    try:
        with pytest.raises(ClusterError) as told:
            project.run(pool=pool_for(project, cluster))
    finally:
        cluster.run(lambda: os.environ.pop("VISES_HOME"), workers=[one])
    assert [problem.code for problem in told.value.problems] == ["batch.cluster_errors.study"]
    assert told.value.problems[0].where == one
    for lang in LANGUAGES:
        assert "VISES_HOME" in told.value.problems[0].remedy(lang)
    assert not (project.home / "started-abeille").exists()


def test_a_worker_lost_while_all_are_asked_is_asked_no_more(monkeypatch):
    asked = []

    def ask():
        asked.append(len(asked))
        if len(asked) < lost:
            raise OSError("Stream is closed")
        return "all is well"

    monkeypatch.setattr("vises_methods.batch.cluster._LOOK_SECONDS", 0.0)
    pool, lost = object.__new__(ClusterPool), 3
    assert pool._answered(ask) == "all is well"
    lost = 100
    with pytest.raises(InputError) as told:
        pool._answered(ask)
    assert "Stream is closed" in told.value.message("fr")


def test_an_address_where_nobody_answers_is_told(project, monkeypatch):
    monkeypatch.setattr("vises_methods.batch.cluster._CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match="tcp:"):
        ClusterPool("tcp://127.0.0.1:9", project.home, project.outputs, project.study().path, project.home / "scratch")
