"""Forking is tried before it is used, an edited file is never served as it was, and without forks work is done too."""

import os
import signal
import sys
import time

import pytest

from vises_methods.batch.kernels import KernelChoiceError
from vises_methods.batch.warm import choice, client, preload
from vises_methods.batch.warm.ahead import KernelsAhead


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module that kernels find loaded."""
    (tmp_path / "edited.py").write_text("VALUE = 'as it was'\n")
    os.utime(tmp_path / "edited.py", (1, 1))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("VISES_PRELOAD", "edited")
    yield tmp_path / "edited.py"
    client.start_fork_server(os.environ).close()


LOOK = "import sys\nprint('edited' in sys.modules)\nimport edited\nprint(edited.VALUE)"


def test_an_edited_module_is_not_served_from_before(run_cells, said, module):
    assert said(run_cells(LOOK)) == "True\nas it was\n"
    before = client.start_fork_server(os.environ)
    module.write_text("VALUE = 'as it is now'\n")
    assert said(run_cells(LOOK)) == "True\nas it is now\n"
    assert client.start_fork_server(os.environ) is not before
    assert before.exit_status is not None


def test_a_file_that_changed_while_it_was_loaded_counts_as_changed(tmp_path, monkeypatch):
    (tmp_path / "young.py").write_text("")
    monkeypatch.setattr(sys.modules["json"], "__file__", str(tmp_path / "young.py"))
    began = (tmp_path / "young.py").stat().st_mtime_ns
    assert preload.changed(preload.snapshot(began)) == str(tmp_path / "young.py")
    assert preload.changed(preload.snapshot(began + 10**12)) is None
    (tmp_path / "young.py").unlink()


def test_a_server_whose_modules_start_a_thread_does_not_fork(module, run_cells, said):
    module.write_text("import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n")
    with pytest.raises(client.ForkServerError, match="2 threads"):
        client.start_fork_server(os.environ).wait_until_ready()
    assert choice.chosen_kernels("auto") == "ahead"
    with pytest.raises(KernelChoiceError):
        choice.chosen_kernels("forked")
    assert said(run_cells("print('a plain kernel does it')")) == "a plain kernel does it\n"


def test_each_environment_of_imports_has_a_server_of_its_own(monkeypatch):
    first = client.start_fork_server(os.environ)
    monkeypatch.setenv("READ_LATER", "1")
    assert client.start_fork_server(os.environ) is first
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    other = client.start_fork_server(os.environ)
    assert other is not first
    other.close()


def test_a_server_that_is_still_loading_is_ended_at_once(module):
    module.write_text("import time\ntime.sleep(60)\n")
    server = client.ForkServer.started(os.environ)
    began = time.monotonic()
    server.close()
    assert server.exit_status == -signal.SIGKILL
    assert time.monotonic() - began < 5


@pytest.fixture
def shared(monkeypatch):
    """A server of another process's kind, asked by this one: its owner, and what asks."""
    monkeypatch.setenv("PYTHONHASHSEED", "8")
    owner = client.ForkServer.started(os.environ)
    client.share_fork_server(owner.line_for_another(), os.environ)
    yield owner, client.start_fork_server(os.environ)
    client.start_fork_server(os.environ).close()
    owner.close()


def test_kernels_come_from_the_server_that_another_process_owns(shared, run_cells, said):
    owner, asked = shared
    look = "import os\nprint(os.getppid())"
    assert [int(said(run_cells(look))) for _ in range(2)] == [owner.process.pid] * 2
    assert asked.exit_status is None
    assert owner.process.pid not in client.fork_server_processes()
    asked.close()
    assert int(said(run_cells(look))) in client.fork_server_processes()
    assert owner.exit_status is None


def test_a_shared_server_that_ended_is_replaced_by_one_of_ones_own(shared, run_cells, said):
    owner, asked = shared
    asked.wait_until_ready()
    owner.close()
    assert asked.exit_status is not None
    with pytest.raises(client.ForkServerError):
        owner.line_for_another()
    assert int(said(run_cells("import os\nprint(os.getppid())"))) in client.fork_server_processes()


def test_who_shares_a_server_that_does_not_fork_learns_why(module):
    module.write_text("import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n")
    owner = client.ForkServer.started(os.environ)
    asking = client.ForkServer(owner.line_for_another())
    with pytest.raises(client.ForkServerError, match="2 threads"):
        asking.wait_until_ready()
    asking.close()
    owner.close()


def test_other_systems_have_kernels_started_ahead(monkeypatch):
    monkeypatch.setattr(client.sys, "platform", "darwin")
    assert choice.chosen_kernels("auto") == "ahead"
    assert choice.chosen_kernels("plain") == "plain"
    with pytest.raises(KernelChoiceError):
        choice.chosen_kernels("forked")


def test_a_kernel_started_ahead_is_used_once_and_another_waits(tmp_path, run_cells, said):
    ahead = KernelsAhead()
    first = ahead.take(tmp_path, 0)
    waiting = ahead.processes()
    notebook = run_cells("import os\nprint(os.getpid(), os.getcwd())", engine=None, km=first)
    pid, folder = said(notebook).split()
    assert (int(pid), folder) == (first.process_id, str(tmp_path))
    assert notebook.cells[0].execution_count == 1
    first.end()
    second = ahead.take(tmp_path, 0)
    assert {second.process_id} == waiting
    second.end()
    ahead.close()
    assert ahead.processes() == set()
