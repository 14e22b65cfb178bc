"""A CSV file of which single cells are changed and every other byte stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CELL = re.compile(r'(?P<cell>"(?:[^"]|"")*"[^,\r\n]*|[^,\r\n]*)(?P<after>,|\r\n|\n|\r|$)')
BYTE_ORDER_MARK = "\ufeff"


@dataclass
class RawTable:
    """The cells of a CSV file as they are written, each with what parts it from the next.

    Attributes
    ----------
    rows : list of list of (str, str)
        The header is row 0.
    header : list of str
        The names of the columns.
    """

    rows: list[list[tuple[str, str]]]

    def __post_init__(self) -> None:
        cells = self.rows[0] if self.rows else []
        self.header = [_value(cell).strip().removeprefix(BYTE_ORDER_MARK) for cell, _ in cells]

    @classmethod
    def parse(cls, text: str) -> RawTable:
        """Take a text apart.

        Examples
        --------
        >>> table = RawTable.parse('a,b\\r\\n1,"x, y"\\r\\n')
        >>> table.get(1, "b")
        'x, y'
        >>> table.set(1, "b", "z")
        >>> table.text()
        'a,b\\r\\n1,"z"\\r\\n'
        """
        rows: list[list[tuple[str, str]]] = [[]]
        place = 0
        while place < len(text):
            match = _CELL.match(text, place)
            assert match is not None, "the pattern takes any text"
            rows[-1].append((match["cell"], match["after"]))
            place = match.end()
            if match["after"] not in (",", ""):
                rows.append([])
            elif place == len(text) and match["after"] == ",":
                rows[-1].append(("", ""))
        return cls([row for row in rows if row])

    def text(self) -> str:
        """Put it together again."""
        return "".join(cell + after for row in self.rows for cell, after in row)

    def numbers(self) -> Iterator[int]:
        """Yield the number of each row that has something in it; the row of the header is 0."""
        for number, row in enumerate(self.rows[1:], 1):
            if any(cell.strip() for cell, _ in row):
                yield number

    def get(self, row: int, column: str) -> str:
        """Return the value of a cell; nothing where the row is too short."""
        place = self.header.index(column)
        return _value(self.rows[row][place][0]).strip() if row < len(self.rows) and place < len(self.rows[row]) else ""

    def set(self, row: int, column: str, value: str) -> None:
        """Change a cell; one that was quoted stays so."""
        place = self.header.index(column)
        cell, after = self.rows[row][place]
        if value == _value(cell).strip():
            return
        quoted = cell.lstrip().startswith('"') or any(sign in value for sign in ',"\r\n')
        written = '"' + value.replace('"', '""') + '"' if quoted else value
        self.rows[row][place] = (written, after)


def _value(cell: str) -> str:
    bare = cell.strip().removeprefix(BYTE_ORDER_MARK)
    if len(bare) > 1 and bare.startswith('"') and bare.endswith('"'):
        return bare[1:-1].replace('""', '"')
    return cell
