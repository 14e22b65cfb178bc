"""Where a kernel's memory can be limited, and how a cell says that it asked for more."""

from __future__ import annotations

import sys

MEMORY_ERRORS = frozenset({"MemoryError", "ArrayMemoryError", "_ArrayMemoryError"})


def memory_can_be_limited() -> bool:
    """Say whether this system holds a process to a limit of memory: Linux does."""
    return sys.platform == "linux"
