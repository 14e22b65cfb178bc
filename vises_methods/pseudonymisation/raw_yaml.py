"""A YAML file of which single texts are changed and every other byte stays as it was."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from vises_methods.errors import InvalidStudyError, Problem
from vises_methods.pseudonymisation.raw_tables import BYTE_ORDER_MARK

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = "tag:yaml.org,2002:str"
_CODE = re.compile(r"[a-z0-9_.\-]*|[A-Z0-9_.\-]*")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
COMMENT = "#"


class RawYaml:
    """The texts of a YAML file as they are written, each known by its path, as ``nodes.2.label.fr``.

    A comment is known by the number of its line, as ``#12``. The class answers as ``RawTable`` does: a path takes the
    place of a column, and the row tells a reader on which line to look. Keys, numbers, dates and codes are no texts and
    are not touched.

    Parameters
    ----------
    name : str
        The file, for its errors.
    text : str

    Examples
    --------
    >>> book = RawYaml("profile.yml", "need:\\n  fr: 'Écouter Awa'\\nsince: 2019\\n")
    >>> book.header, book.get(0, "need.fr")
    (['need.fr'], "'Écouter Awa'")
    >>> book.set(0, "need.fr", "'Écouter [P1]'")
    >>> book.text()
    "need:\\n  fr: 'Écouter [P1]'\\nsince: 2019\\n"
    """

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text
        self._places = _places(text)

    @property
    def header(self) -> list[str]:
        """The paths of all texts."""
        return list(self._places)

    def text(self) -> str:
        """Return the file as it stands."""
        return self._text

    def cells(self) -> Iterator[tuple[int, str, str]]:
        """Yield each text: the number of its line (the first is 0), its path, and how it is written."""
        for path, (start, end) in self._places.items():
            yield self._text.count("\n", 0, start), path, self._text[start:end]

    def numbers(self) -> Iterator[int]:
        """Yield a row for a search by value: a path is one text only, whatever its line."""
        yield 0

    def get(self, row: int, column: str) -> str:  # noqa: ARG002 (as RawTable.get)
        """Return how the text at a path is written, quotation marks and all; nothing where there is none."""
        start, end = self._places.get(column, (0, 0))
        return self._text[start:end]

    def set(self, row: int, column: str, value: str) -> None:  # noqa: ARG002 (as RawTable.set)
        """Write a text anew; one without quotation marks is given some where YAML would read something else.

        Raises
        ------
        InvalidStudyError
            Where the file would no longer say the same elsewhere: as after an apostrophe in a text between apostrophes.
        """
        start, end = self._places[column]
        quoted = () if self._text[start] in "'\"|>" else ("'" + value.replace("'", "''") + "'",)
        for written in (value, *quoted):
            changed = self._text[:start] + written + self._text[end:]
            if self._same_elsewhere(changed, column):
                self._text, self._places = changed, _places(changed)
                return
        line = self._text.count("\n", 0, start) + 1
        problem = Problem("pseudonymisation.errors.yaml", self._name, line, column, {"value": value.strip()})
        raise InvalidStudyError(self._name, [problem])

    def _same_elsewhere(self, changed: str, column: str) -> bool:
        try:
            before, after = (_scalars(_read(text)) for text in (self._text, changed))
        except yaml.YAMLError:
            return False
        told = [
            {path: (node.tag, node.value) for path, node in nodes.items() if path != column}
            for nodes in (before, after)
        ]
        is_text = column.startswith(COMMENT) or (column in after and after[column].tag == TEXT)
        return told[0] == told[1] and is_text


def _read(text: str) -> Any:
    """Return the nodes of a document, read as the study itself reads it."""
    return yaml.compose(text.removeprefix(BYTE_ORDER_MARK), Loader=_LOADER)


def _places(text: str) -> dict[str, tuple[int, int]]:
    """Return where each text and each comment stands, by its path; codes and empty texts are left out."""
    scalars = _scalars(_read(text))
    values = {path: _span(text, node) for path, node in scalars.items()}
    texts = {
        path: values[path] for path, node in scalars.items() if node.tag == TEXT and not _CODE.fullmatch(node.value)
    }
    return texts | dict(_comments(text, sorted(values.values())))


def _span(text: str, node: yaml.ScalarNode) -> tuple[int, int]:
    """Return where a value stands, without the anchor or the tag before it."""
    shift = len(text) - len(text.removeprefix(BYTE_ORDER_MARK))
    start, end = node.start_mark.index + shift, node.end_mark.index + shift
    before = _PROPERTIES.match(text, start, end)
    return (before.end() if before else start), end


def _comments(text: str, values: list[tuple[int, int]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the comments: what begins with ``#`` and stands in no value."""
    for match in _COMMENT.finditer(text):
        place = bisect(values, (match.start(), len(text))) - 1
        if place < 0 or not values[place][0] <= match.start() < values[place][1]:
            yield f"{COMMENT}{text.count(chr(10), 0, match.start()) + 1}", match.span()


def _scalars(root: Any) -> dict[str, yaml.ScalarNode]:
    """Return the values of a document by their paths; keys are none, and what is named twice is told once."""
    found: dict[str, yaml.ScalarNode] = {}
    seen: set[int] = set()
    waiting = [("", root)]
    while waiting:
        path, node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            found[_free(path, found)] = node
        elif isinstance(node, yaml.SequenceNode):
            waiting += reversed([(f"{path}.{n}".lstrip("."), item) for n, item in enumerate(node.value)])
        else:
            waiting += reversed([(f"{path}.{key.value}".lstrip("."), item) for key, item in node.value])
    return found


def _free(path: str, found: Mapping[str, object]) -> str:
    """Return the path, marked where a key stands twice: YAML reads the last, a reader sees both."""
    return _free(f"{path}'", found) if path in found else path
