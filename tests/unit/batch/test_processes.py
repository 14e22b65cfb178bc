"""Processes that a batch starts: out of the reach of Ctrl-C, and how they are told to have ended."""

import subprocess
import sys

import pytest

from vises_methods.batch.processes import exit_told


@pytest.mark.parametrize(
    ("status", "told"),
    [(None, "?"), (0, "exit 0"), (3, "exit 3"), (-9, "SIGKILL"), (-11, "SIGSEGV"), (-99, "signal 99")],
)
def test_how_a_process_ended(status, told):
    assert exit_told(status) == told


HELD = """
import signal
import time
from pathlib import Path

from vises_methods.batch.processes import start_process

if __name__ == "__main__":
    for _ in range(2):
        process, _ = start_process(time.sleep)
        status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        blocked = next(int(line.split()[1], 16) for line in status if line.startswith("SigBlk"))
        print(bool(blocked & 1 << signal.SIGINT - 1))
        process.kill()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds back is read in /proc")
def test_ctrl_c_is_held_back_from_the_first_process_too(tmp_path):
    script = tmp_path / "starts.py"
    script.write_text(HELD, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["True", "True"]
