"""What forking gets wrong unless it is told: each is held here that no other test of this folder holds."""

import os
import signal
import subprocess
import sys
import warnings

import nbformat
import pytest
from nbclient import NotebookClient

from vises_methods.batch.warm import client, linux, server


def test_a_working_folder_may_be_a_path(tmp_path):
    kernel = client.fork_kernel(client.kernel_arguments(), env=os.environ, cwd=tmp_path, title="t")
    kernel.close()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import os\nprint(os.getcwd())")])
    NotebookClient(notebook, kernel_name="vises", resources={"metadata": {"path": tmp_path}}, timeout=120).execute()
    assert notebook.cells[0].outputs[0].text.strip() == str(tmp_path.resolve())


def test_where_python_warns_of_a_fork_with_threads_there_is_no_forking(monkeypatch):
    """From Python 3.12 on; threads of libraries are not counted by it, and ours counts all."""

    started = []

    def fork():
        warnings.warn(
            "This process is multi-threaded, use of fork() may lead to deadlocks", DeprecationWarning, stacklevel=1
        )
        started.append(subprocess.Popen([sys.executable, "-S", "-c", ""]))
        return started[0].pid

    monkeypatch.setattr(linux, "thread_count", lambda: 1)
    monkeypatch.setattr(server.os, "fork", fork)
    assert "multi-threaded" in server.unfit()


def test_a_trial_that_hangs_or_dies_is_found_out(monkeypatch):
    script = "import os, signal; os.kill(os.getpid(), signal.SIGALRM)"
    monkeypatch.setattr(linux, "thread_count", lambda: 1)
    monkeypatch.setattr(server.os, "fork", lambda: subprocess.Popen([sys.executable, "-S", "-c", script]).pid)
    assert server.unfit() == f"trial ended with {-signal.SIGALRM}"


def test_no_debugger_is_loaded_in_a_kernel(run_cells, said):
    assert said(run_cells("import sys\nprint('debugpy' in sys.modules)")) == "False\n"


def test_kernels_know_the_environment_of_now_and_not_of_the_import(run_cells, said, monkeypatch):
    monkeypatch.setenv("SET_AFTER_THE_SERVER_BEGAN", "1")
    monkeypatch.setenv("JPY_PARENT_PID", "4321")
    asked = "import os\nprint(os.environ.get('SET_AFTER_THE_SERVER_BEGAN'), os.environ.get('JPY_PARENT_PID'))"
    assert said(run_cells(asked)) == "1 4321\n"


@pytest.mark.parametrize("heavy", ["numpy", "pandas"])
def test_arrow_and_blas_work_in_a_kernel(run_cells, said, heavy):
    cell = {
        "numpy": "import numpy as np\na = np.ones((300, 300))\nprint((a @ a).sum())",
        "pandas": "import pandas as pd\nprint(pd.DataFrame({'x': range(9)}).groupby('x').sum().shape[0])",
    }[heavy]
    assert said(run_cells(cell)) == {"numpy": "27000000.0\n", "pandas": "9\n"}[heavy]


LOADS = """
import warnings
before = list(warnings.filters)
from vises_methods.batch.warm import preload
preload.load()
for _, message, category, *_ in [found for found in warnings.filters if found not in before]:
    print(category.__module__ if message is None else "one message")
"""


def test_what_is_loaded_ahead_hides_no_warning_from_a_notebook():
    """None is given while it is imported, and a filter that a library sets there holds for its own warnings only."""
    environment = {name: value for name, value in os.environ.items() if name != "VISES_PRELOAD"}
    command = [sys.executable, "-W", "always", "-c", LOADS]
    loaded = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert loaded.stderr == ""
    assert loaded.stdout.split("\n")[:-1], "a library that sets a filter is loaded"
    assert "builtins" not in loaded.stdout.split("\n")
