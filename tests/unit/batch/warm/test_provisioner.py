"""Jupyter's own clients get forked kernels from the kernel named ``vises``, and plain ones where that cannot be."""

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from vises_methods.batch.warm import client, provisioner

CELLS = ["import os\nos.getppid()", "print('hello')\n1 / 0"]
# Python loses a signal that comes between its last look and a sleep, in plain kernels too; hence the short sleeps.
ENDLESS = "import time; print('in the cell', flush=True)\nwhile True:\n    time.sleep(0.05)"


def test_nbclient_runs_a_notebook_in_it():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, kernel_name="vises", allow_errors=True).execute()
    parent = int(notebook.cells[0].outputs[0]["data"]["text/plain"])
    assert parent in client.fork_server_processes()
    assert [output["output_type"] for output in notebook.cells[1].outputs] == ["stream", "error"]


def test_it_is_interrupted_restarted_and_shut_down():
    manager, kernel = start_new_kernel(kernel_name="vises")
    first = manager.provisioner.pid
    kernel.execute(ENDLESS)
    while kernel.get_iopub_msg(timeout=60)["msg_type"] != "stream":
        continue
    manager.interrupt_kernel()
    while (reply := kernel.get_shell_msg(timeout=60))["msg_type"] != "execute_reply":
        continue  # a slow start leaves answers to the client's question whether the kernel is there
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    manager.restart_kernel(now=True)
    kernel.wait_for_ready(timeout=60)
    assert manager.provisioner.pid != first
    kernel.stop_channels()
    manager.shutdown_kernel()
    assert not manager.is_alive()


@pytest.mark.parametrize("command", [["R", "--slave"], ["/bin/sh", "-m", "ipykernel_launcher", "-f", "x"]])
def test_a_kernel_of_another_program_is_started_as_ever(command):
    assert provisioner._arguments(command) is None
