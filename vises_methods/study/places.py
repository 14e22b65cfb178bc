"""Where things stand: the project, its data, its outputs."""

from __future__ import annotations

import os
from pathlib import Path

_MARKS = ("data", "notebooks")


def project_root() -> Path:
    """Return the folder that holds ``data/``, ``notebooks/`` and ``outputs/``.

    The environment variable ``VISES_HOME`` names it; else it is the nearest folder at or above the working folder
    that holds both ``data`` and ``notebooks``; else the folder that this package was installed from.
    """
    home = os.environ.get("VISES_HOME")
    if home:
        return Path(home).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if all((folder / mark).is_dir() for mark in _MARKS):
            return folder
    return Path(__file__).resolve().parents[2]


def data_root() -> Path:
    """Return the folder of the studies and of what they share (``reference``)."""
    return project_root() / "data"


def reference_root() -> Path:
    """Return the folder of what studies share: codebooks, frameworks, methodologies.

    It is ``data/reference`` of the project, or the one this package came with where the project has none.
    """
    own = data_root() / "reference"
    return own if own.is_dir() else Path(__file__).resolve().parents[2] / "data" / "reference"


def outputs_root() -> Path:
    """Return the folder of everything generated: ``VISES_OUTPUTS``, or ``outputs`` of the project."""
    named = os.environ.get("VISES_OUTPUTS")
    return Path(named).resolve() if named else project_root() / "outputs"


def can_be_written(name: str) -> bool:
    """Say whether a file's name is text, or bytes of another system that stand for none.

    Examples
    --------
    >>> can_be_written("café.txt"), can_be_written(f"caf{chr(0xDCE9)}.txt")
    (True, False)
    """
    if name.isascii():
        return True
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
