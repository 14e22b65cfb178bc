"""What others run notebooks with get forked kernels too: nbconvert, nbval, and a server over HTTP and websocket."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid

import nbformat
import psutil
import pytest
import websocket

PATIENCE = 120
# Python loses a signal that comes between its last look and a sleep, in plain kernels too; hence the short sleeps.
ENDLESS = "import time; print('in the cell', flush=True)\nwhile True:\n    time.sleep(0.05)"
LOOKS = "import os, psutil\n' '.join(psutil.Process(os.getppid()).cmdline()).count('batch.warm.server')"


@pytest.fixture
def notebook(tmp_path):
    """A notebook whose output says that the kernel's parent is the fork server."""
    cell = nbformat.v4.new_code_cell(LOOKS, execution_count=1)
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1"}, execution_count=1)]
    path = tmp_path / "looks.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


def test_nbconvert_executes_in_it(notebook):
    options = ["--to", "notebook", "--execute", "--stdout", "--ExecutePreprocessor.kernel_name=vises"]
    told = subprocess.run(
        [sys.executable, "-m", "nbconvert", *options, notebook], check=True, capture_output=True, text=True
    ).stdout
    assert nbformat.reads(told, as_version=4).cells[0].outputs[0]["data"]["text/plain"] == "1"


def test_nbval_compares_in_it(notebook):
    options = ["--nbval", "--nbval-kernel-name=vises", "-p", "no:cacheprovider", "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, notebook],
        check=False,
        capture_output=True,
        text=True,
        cwd=notebook.parent,
    )
    assert "1 passed" in done.stdout


class Server:
    """A Jupyter server on this machine, asked as JupyterLab asks it."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        variables = {name: str(folder / name.lower()) for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")}
        options = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}"]
        options += ["--IdentityProvider.token=known", f"--ServerApp.root_dir={folder}"]
        self.log = (folder / "log.txt").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            env={**os.environ, **variables},
            stdout=self.log,
            stderr=self.log,
        )

    def ask(self, path: str, method: str = "GET", content: dict | None = None):
        """Ask over HTTP; wait for the server where it is still starting."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            method=method,
            data=None if content is None and method == "GET" else json.dumps(content or {}).encode(),
            headers={"Authorization": "token known", "Content-Type": "application/json"},
        )
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                    return json.loads(answer.read() or b"null")
            except ConnectionRefusedError:
                assert self.process.poll() is None
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > limit:
                    raise
            time.sleep(0.1)

    def channels(self, kernel: str) -> websocket.WebSocket:
        address = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?token=known"
        return websocket.create_connection(address, timeout=PATIENCE)

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        self.log.close()


@pytest.fixture
def server(tmp_path):
    started = Server(tmp_path)
    yield started
    started.close()


def send(channels: websocket.WebSocket, code: str) -> str:
    """Ask for a cell; return the message's identifier."""
    identifier = uuid.uuid4().hex
    header = {"msg_id": identifier, "msg_type": "execute_request", "session": "s", "username": "u", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
    channels.send(json.dumps({**message, "buffers": []}))
    return identifier


def told(channels: websocket.WebSocket, identifier: str, kind: str) -> dict:
    """Return the content of the next message of a kind that answers a cell."""
    while True:
        message = json.loads(channels.recv())
        if message["msg_type"] == kind and message["parent_header"].get("msg_id") == identifier:
            return message["content"]


def pid(channels: websocket.WebSocket) -> int:
    cell = send(channels, "import os; os.getpid()")
    return int(told(channels, cell, "execute_result")["data"]["text/plain"])


def test_a_server_starts_interrupts_restarts_and_deletes_it(server):
    kernel = server.ask("kernels", "POST", {"name": "vises"})["id"]
    channels = server.channels(kernel)
    assert told(channels, send(channels, LOOKS), "execute_result")["data"]["text/plain"] == "1"
    first = pid(channels)
    sleeping = send(channels, ENDLESS)
    told(channels, sleeping, "stream")
    server.ask(f"kernels/{kernel}/interrupt", "POST")
    assert told(channels, sleeping, "execute_reply")["ename"] == "KeyboardInterrupt"
    channels.close()
    server.ask(f"kernels/{kernel}/restart", "POST")
    channels = server.channels(kernel)
    second = pid(channels)
    assert second != first
    channels.close()
    server.ask(f"kernels/{kernel}", "DELETE")
    started = psutil.Process(server.process.pid).children(recursive=True)
    server.close()
    _, left = psutil.wait_procs(started, timeout=PATIENCE)
    assert left == []
    assert not psutil.pid_exists(first)
    assert not psutil.pid_exists(second)
