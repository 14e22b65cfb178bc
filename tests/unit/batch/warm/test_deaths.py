"""However a forked kernel ends, it is told at once with the signal and the stack, and nothing of it stays behind."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

from vises_methods.batch.warm import client
from vises_methods.batch.warm.engine import KernelDiedError

PATIENCE = 30


def gone(pid: int) -> bool:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("import os\nos._exit(3)", "exit 3"),
        ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import os\nos.abort()", "SIGABRT"),
    ],
)
def test_a_death_is_told_with_its_signal(run_cells, cell, told):
    with pytest.raises(KernelDiedError) as death:
        run_cells("print('before')", cell)
    assert str(death.value) == told


def test_the_next_kernel_is_heard_on_the_descriptors_of_one_that_died(run_cells, said):
    for _ in range(3):
        with pytest.raises(KernelDiedError):
            run_cells("import os\nos._exit(3)")
        assert said(run_cells("import time\ntime.sleep(0.3)", "print('heard')", execution_timeout=10)) == "heard\n"


def test_the_cell_shows_the_stack_and_what_came_before(run_cells):
    seen = []
    with pytest.raises(KernelDiedError):
        run_cells(
            "x = 1",
            "print('before', flush=True)\nimport ctypes\nctypes.string_at(0)",
            on_cell_start=lambda cell, **_: seen.append(cell),
        )
    stream, error = seen[-1].outputs
    assert stream["text"] == "before\n"
    assert error["ename"] == "SIGSEGV"
    assert "string_at" in "\n".join(error["traceback"])


def test_beyond_its_memory_a_cell_gets_an_error_and_the_notebook_can_go_on(run_cells, said):
    with pytest.raises(PapermillExecutionError) as refused:
        run_cells("x = bytearray(2**31)", memory=1024)
    assert refused.value.ename == "MemoryError"
    assert said(run_cells("print(len(bytearray(2**20)))", memory=1024)) == "1048576\n"


def test_a_hang_is_interrupted_and_shows_where(run_cells):
    seen = []
    with pytest.raises(CellTimeoutError):
        run_cells(
            "import time\ntime.sleep(600)",
            execution_timeout=1,
            on_cell_start=lambda cell, **_: seen.append(cell),
        )
    assert [output["ename"] for output in seen[0].outputs] == ["KeyboardInterrupt"]


def test_a_cell_that_ignores_interrupts_is_ended(run_cells, tmp_path):
    cell = (
        "import os, time\nfrom pathlib import Path\n"
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "while True:\n    try:\n        time.sleep(600)\n    except KeyboardInterrupt:\n        pass"
    )
    with pytest.raises(CellTimeoutError):
        run_cells(cell, execution_timeout=1, interrupt_grace=0.5)
    assert gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("own_session", [False, True])
def test_what_a_notebook_leaves_running_is_ended(run_cells, said, own_session):
    start = f"import subprocess\np = subprocess.Popen(['sleep', '600'], start_new_session={own_session})\nprint(p.pid)"
    assert gone(int(said(run_cells(start))))


def test_a_kernel_and_its_server_end_with_the_process_that_asked():
    script = (
        "import os, sys, time\n"
        "from vises_methods.batch.warm import client\n"
        "kernel = client.fork_kernel(client.kernel_arguments(), env=os.environ, cwd='/', title='t')\n"
        "server = client.start_fork_server(os.environ)\n"
        "print(kernel.pid, server.process.pid, flush=True)\n"
        "time.sleep(600)"
    )
    environment = {**os.environ, "VISES_PRELOAD": ""}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment) as owner:
        pids = [int(word) for word in owner.stdout.readline().split()]
        assert all(psutil.pid_exists(pid) for pid in pids)
        owner.send_signal(signal.SIGKILL)
    assert all(gone(pid) for pid in pids)


def test_a_kernel_tells_what_it_used_and_its_name_in_the_list_of_processes():
    kernel = client.fork_kernel(client.kernel_arguments(), env=os.environ, cwd="/", title="vire-lune 01_portrait")
    limit = time.monotonic() + PATIENCE
    while " ".join(psutil.Process(kernel.pid).cmdline()).strip() != "vire-lune 01_portrait":
        assert time.monotonic() < limit
        time.sleep(0.05)
    kernel.close()
    assert kernel.returncode == -signal.SIGKILL
    assert kernel.peak_memory > 10_000_000
    assert kernel.cpu_seconds >= 0
