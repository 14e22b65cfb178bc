"""Kernels started ahead of need, for systems without fork: each loads while its predecessor works, and serves once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vises_methods.batch.kernels import KERNEL_NAME, BatchKernelManager

_LOAD = """--IPKernelApp.exec_lines=exec('from vises_methods.batch.warm import preload; preload.load_for_one()', {})"""


@dataclass
class KernelsAhead:
    """One kernel that is in use at most, and one that waits for each folder and limit asked for.

    Attributes
    ----------
    waiting : dict
        The kernel that waits, by folder and limit of memory.
    """

    waiting: dict[tuple[Path, int], BatchKernelManager] = field(default_factory=dict)

    def take(self, folder: Path, memory: int) -> BatchKernelManager:
        """Return a kernel that nobody has used, and start the next."""
        ready = self.waiting.pop((folder, memory), None) or self._start(folder, memory)
        self.waiting[folder, memory] = self._start(folder, memory)
        return ready

    def processes(self) -> set[int]:
        """Return the kernels that wait."""
        return {manager.process_id for manager in self.waiting.values() if manager.process_id is not None}

    def close(self) -> None:
        """End the kernels that wait."""
        for manager in self.waiting.values():
            manager.end()
        self.waiting.clear()

    @staticmethod
    def _start(folder: Path, memory: int) -> BatchKernelManager:
        manager = BatchKernelManager(kernel_name=KERNEL_NAME)
        manager.begin(folder, [_LOAD], memory)
        return manager
