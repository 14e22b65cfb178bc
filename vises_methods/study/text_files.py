"""Reading files that people saved with whatever program they had: what cannot be read is told with its exact place."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from vises_methods.errors import Problem

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class TextFile:
    """The text of a file, the digest of its bytes, and what was wrong with it (then the text is None)."""

    text: str | None
    sha256: str
    problems: tuple[Problem, ...] = ()


def read_text_file(path: Path, where: str) -> TextFile:
    """Read a UTF-8 file.

    Parameters
    ----------
    path : Path
    where : str
        The file as problems name it.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return TextFile(None, digest, (_bad_byte(content, error, where),))
    if not text.strip(BYTE_ORDER_MARK + " \t\r\n"):
        return TextFile(None, digest, (Problem("study.errors.empty_file", where),))
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        return TextFile(None, digest, (Problem("study.errors.null_character", where, row=row),))
    return TextFile(text, digest)


def interview_problems(text: str, where: str) -> list[Problem]:
    """Say what makes the positions in a coded text ambiguous: a byte order mark, a carriage return, text not in NFC."""
    problems = []
    if text.startswith(BYTE_ORDER_MARK):
        problems.append(Problem("study.errors.byte_order_mark", where, row=1))
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        problems.append(Problem("study.errors.line_endings", where, row=row))
    if not unicodedata.is_normalized("NFC", text):
        number, line = next(
            (i, line) for i, line in enumerate(text.split("\n"), 1) if not unicodedata.is_normalized("NFC", line)
        )
        word = next((word for word in line.split() if not unicodedata.is_normalized("NFC", word)), line)
        problems.append(Problem("study.errors.not_nfc", where, row=number, values={"value": word}))
    return problems


def _bad_byte(content: bytes, error: UnicodeDecodeError, where: str) -> Problem:
    before = content[: error.start]
    row = before.count(b"\n") + 1
    line = before.rsplit(b"\n", 1)[-1].decode("utf-8", errors="replace")
    near = content[max(0, error.start - 12) : error.start + 12].decode("cp1252", errors="replace")
    values = {
        "byte": f"0x{content[error.start]:02X}",
        "character": str(len(line) + 1),
        "near": " ".join(near.split()),
    }
    return Problem("study.errors.not_utf8", where, row=row, values=values)
