"""Writing a file whole or not at all."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Give a text file to write to that appears whole or not at all; one that says what stands there is dropped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        if path.is_file() and filecmp.cmp(beside, path, shallow=False):
            beside.unlink()
        else:
            beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
