"""The surroundings of a kernel, the same on every machine, and a kernel manager that tells how a kernel died."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

KERNEL_NAME = "python3"
_FIXED_TIME = "1704067200"
_FORGOTTEN = ("MPLBACKEND", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONINSPECT", "LINES")


def kernel_environment(home: Path, outputs: Path, scratch: Path) -> dict[str, str]:
    """Return the variables that every worker and kernel is given, so that no machine's habits reach a result.

    Parameters
    ----------
    home : Path
        The project: the folder that holds ``data`` and ``notebooks``.
    outputs : Path
        The folder of all outputs.
    scratch : Path
        A folder for what IPython and Jupyter write.
    """
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    fixed = {f"{name}_NUM_THREADS" if name != "VECLIB_MAXIMUM" else f"{name}_THREADS": "1" for name in threads}
    fixed |= {
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": _FIXED_TIME,
        "TZ": "UTC",
        "COLUMNS": "80",
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_PLATFORM_DIRS": "1",
        "VISES_HOME": str(home),
        "VISES_OUTPUTS": str(outputs),
    }
    matplotlib = importlib.util.find_spec("matplotlib")
    if matplotlib is not None and matplotlib.origin is not None:
        fixed["MATPLOTLIBRC"] = str(Path(matplotlib.origin).parent / "mpl-data" / "matplotlibrc")
    return fixed


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a moment, without those that would change what a kernel does."""
    before = dict(os.environ)
    for name in _FORGOTTEN:
        os.environ.pop(name, None)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class KernelChoiceError(RuntimeError):
    """The kernels that were asked for cannot be had here."""


class BatchKernelManager(AsyncKernelManager):
    """Starts this interpreter's own kernel, whatever kernels the user has, and remembers how it ended."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kernel_spec_manager = KernelSpecManager(kernel_dirs=[], parent=self)
        self.exit_status: int | None = None
        self._clients: list[Any] = []

    def client(self, **options: Any) -> Any:
        """Return a client of the kernel, which :meth:`end` will close."""
        self._clients.append(super().client(**options))
        return self._clients[-1]

    def begin(self, folder: Path, arguments: Sequence[str] = (), memory: int = 0) -> None:
        """Start the kernel in a folder; ``memory`` is the most megabytes that it may allocate, 0 for no limit."""
        hidden = "--HistoryManager.hist_file=:memory:"
        run_sync(self.start_kernel)(cwd=str(folder), extra_arguments=[hidden, *arguments])
        if memory and self.process_id is not None:
            limit_memory(memory, self.process_id)

    def end(self) -> None:
        """End the kernel and close its clients."""
        for client in self._clients:
            client.stop_channels()
        self._clients.clear()
        if self.has_kernel:
            run_sync(self.shutdown_kernel)(now=True)

    async def is_alive(self) -> bool:  # type: ignore[override]
        """Say whether the kernel runs; note its exit status where it no longer does."""
        if self.provisioner is not None and self.provisioner.has_process:
            self.exit_status = await self.provisioner.poll()
        return bool(await super().is_alive())

    @property
    def process_id(self) -> int | None:
        """The kernel's process."""
        return getattr(self.provisioner, "pid", None)


def peak_memory(process_id: int | None) -> int:
    """Return the most bytes a process held, or holds now where the system keeps no peak; 0 when it is gone."""
    if process_id is None:
        return 0
    try:
        for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        memory = psutil.Process(process_id).memory_info()
    except psutil.Error:
        return 0
    return int(getattr(memory, "peak_wset", memory.rss))


def limit_memory(megabytes: int, process_id: int) -> None:
    """Limit what a process may allocate; beyond it, Python raises MemoryError.

    Raises
    ------
    KernelChoiceError
        On a system that cannot limit another process.
    """
    if sys.platform != "linux":
        raise KernelChoiceError(f"no memory limit on {sys.platform}")
    from vises_methods.batch.warm import linux

    linux.limit_memory(megabytes, process_id)


def kill_tree(process_id: int, *, itself: bool, spare: Collection[int] = ()) -> None:
    """End all processes below one, and that one too where asked; those of ``spare`` and what they started live on."""
    if not itself and process_id == os.getpid() and (ours := _own_children()) is not None and ours <= set(spare):
        return  # as after nearly every job: psutil would read of all processes of the system whose child each is
    try:
        root = psutil.Process(process_id)
        spared = {child.pid for child in root.children() if child.pid in spare}
        family = [child for other in root.children() if other.pid not in spared for child in _with_descendants(other)]
        family += [root] if itself else []
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs([process for process in family if process.pid != os.getpid()], timeout=5)


def _own_children() -> set[int] | None:
    """Return the children of all threads of this process; None where the system does not list them."""
    try:
        lists = [(task / "children").read_text() for task in Path("/proc/self/task").iterdir()]
    except OSError:
        return None
    return {int(child) for listed in lists for child in listed.split()}


def _with_descendants(process: psutil.Process) -> list[psutil.Process]:
    return [*process.children(recursive=True), process]
