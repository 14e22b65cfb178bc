"""The codebook: a tree of codes with labels and definitions in several languages, and one identity per code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd
import yaml

from vises_methods.catalogue import LANGUAGES, localised, yaml_content
from vises_methods.errors import ExchangeError, InputError, InvalidStudyError, Problem

Label = Mapping[str, str] | str
_ROOM = "qualitative.errors"


@dataclass(frozen=True)
class Code:
    """One code.

    Attributes
    ----------
    id : str
        Its identity, as ``"RES.IND.CON"``.
    parent : str or None
        The code above it.
    label, definition, include, exclude : text, or text by language
    codable : bool
        False for a family that only gathers its codes.
    example : mapping or None
        ``lang, text`` and whether it is invented.
    """

    id: str
    parent: str | None = None
    label: Label = ""
    definition: Label = ""
    include: Label = ""
    exclude: Label = ""
    codable: bool = True
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Codebook:
    """A tree of codes.

    Attributes
    ----------
    id, version : str
    codes : tuple of Code
        In the order of the file.
    languages : tuple of str
        The languages every label is written in.
    title : text, or text by language
    segment_attributes, stakeholder_groups : tuple of mapping
        Values a coding can carry beside its code, and the groups documents come from, with their labels.
    rules : tuple of str
        How the codes are to be applied.

    Examples
    --------
    >>> book = Codebook("demo", "1", (Code("A", label="Work"), Code("A.B", parent="A", label={"fr": "Emploi"})))
    >>> book.ancestors("A.B"), book.level("A.B"), book.label("A.B", "nl")
    (('A',), 2, 'Emploi')
    """

    id: str
    version: str
    codes: tuple[Code, ...]
    languages: tuple[str, ...] = ()
    title: Label = ""
    segment_attributes: tuple[Mapping[str, Any], ...] = ()
    stakeholder_groups: tuple[Mapping[str, Any], ...] = ()
    rules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = list(_tree_problems(self.codes, self.id))
        if problems:
            raise InvalidStudyError(self.id, problems)

    @classmethod
    def from_yaml(cls, path: str | Path) -> Self:
        """Read a codebook file and check all of it.

        Parameters
        ----------
        path : path
            A YAML file with the keys ``codebook`` (``id, version, languages, title, rules``), ``codes`` (each with
            ``id, parent, label, definition, include, exclude, codable, example`` and ``level``) and optionally
            ``segment_attributes`` and ``stakeholder_groups``.

        Raises
        ------
        InvalidStudyError
            With every problem of the file: codes without identity or twice, parents that do not exist, circles,
            labels that lack a language, levels that do not fit the tree.
        InputError, ExchangeError
            Where there is no such file, or it is not YAML.
        """
        file = Path(path)
        if not file.is_file():
            raise InputError("file_not_found", file.name or str(path), path=str(path))
        try:
            content = yaml_content(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ExchangeError(f"{_ROOM}.not_yaml", file.name, detail=str(error).splitlines()[0]) from error
        problems = list(_file_problems(content, file.name))
        if problems:
            raise InvalidStudyError(file.name, problems)
        head = content["codebook"]
        return cls(
            id=str(head["id"]),
            version=str(head["version"]),
            codes=tuple(_code(entry) for entry in content["codes"]),
            languages=tuple(head.get("languages", ())),
            title=head.get("title", ""),
            segment_attributes=tuple(content.get("segment_attributes", ())),
            stakeholder_groups=tuple(content.get("stakeholder_groups", ())),
            rules=tuple(head.get("rules", ())),
        )

    @cached_property
    def _by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes}

    def __contains__(self, code: object) -> bool:
        return code in self._by_id

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, code: str) -> Code:
        try:
            return self._by_id[code]
        except KeyError:
            raise InputError(
                "unknown_option", f"Codebook {self.id}", value=code, allowed=[c.id for c in self.codes]
            ) from None

    def parent(self, code: str) -> str | None:
        """Return the code above, or None at the top."""
        return self[code].parent

    def children(self, code: str | None) -> tuple[str, ...]:
        """Return the codes directly below a code; the top ones for None."""
        return tuple(entry.id for entry in self.codes if entry.parent == code)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the codes above, the nearest first."""
        chain = []
        above = self.parent(code)
        while above is not None:
            chain.append(above)
            above = self.parent(above)
        return tuple(chain)

    def descendants(self, code: str) -> tuple[str, ...]:
        """Return all codes below, in the order of the book."""
        return tuple(entry.id for entry in self.codes if code in self.ancestors(entry.id))

    def level(self, code: str) -> int:
        """Return how deep a code stands; 1 at the top."""
        return len(self.ancestors(code)) + 1

    def roll_up(self, code: str, level: int) -> str:
        """Return the code's ancestor at a level, or the code itself where it stands no deeper."""
        chain = (*reversed(self.ancestors(code)), code)
        return chain[min(level, len(chain)) - 1]

    def rolled_up(self, codings: pd.DataFrame, level: int) -> pd.DataFrame:
        """Return codings with each code replaced by its ancestor at a level.

        Two codes of one family that a coder gave to the same span become one coding.
        """
        self.require(codings["code"], "Codebook.rolled_up(codings)")
        frame = codings.assign(code=[self.roll_up(str(code), level) for code in codings["code"]])
        return frame.drop_duplicates(["document", "coder", "code", "start", "end"], ignore_index=True)

    def require(self, codes: Iterable[Any], where: str) -> None:
        """Raise an error that names every code that is not in the book."""
        unknown = sorted({str(code) for code in codes} - set(self._by_id))
        if unknown:
            raise InputError(f"{_ROOM}.unknown_codes", where, codes=unknown, codebook=self.id, version=self.version)

    def label(self, code: str, lang: str) -> str:
        """Return the label in a language, or in the first language it has."""
        return localised(self[code].label, lang) or code

    def definition(self, code: str, lang: str) -> str:
        """Return the definition in a language, or in the first language it has."""
        return localised(self[code].definition, lang)

    def labels(self) -> dict[str, Mapping[str, str]]:
        """Return what every code is called, by language, for :meth:`Result.labelled`."""
        return {c.id: c.label if isinstance(c.label, Mapping) else {"en": c.label} for c in self.codes}

    def to_frame(self, lang: str) -> pd.DataFrame:
        """Return one row per code: ``code, parent, level, codable, label, definition``."""
        rows = [
            (c.id, c.parent, self.level(c.id), c.codable, self.label(c.id, lang), self.definition(c.id, lang))
            for c in self.codes
        ]
        return pd.DataFrame(rows, columns=["code", "parent", "level", "codable", "label", "definition"])


def _code(entry: Mapping[str, Any]) -> Code:
    texts = {name: entry.get(name) or "" for name in ("label", "definition", "include", "exclude")}
    return Code(
        id=str(entry["id"]),
        parent=None if entry.get("parent") is None else str(entry["parent"]),
        codable=bool(entry.get("codable", True)),
        example=entry.get("example"),
        **texts,
    )


def _tree_problems(codes: Sequence[Code], where: str) -> Iterator[Problem]:
    parents = {code.id: code.parent for code in codes}
    seen: set[str] = set()
    for i, code in enumerate(codes):
        if code.id in seen:
            yield Problem(f"{_ROOM}.code_twice", where, column=f"codes[{i}].id", values={"code": code.id})
        seen.add(code.id)
        if code.parent is not None and code.parent not in parents:
            values = {"code": code.id, "parent": code.parent}
            yield Problem(f"{_ROOM}.unknown_parent", where, column=f"codes[{i}].parent", values=values)
        if _in_circle(code.id, parents):
            yield Problem(f"{_ROOM}.circle", where, column=f"codes[{i}].parent", values={"code": code.id})


def _in_circle(code: str, parents: Mapping[str, str | None]) -> bool:
    above = parents.get(code)
    for _ in parents:
        if above is None:
            return False
        if above == code:
            return True
        above = parents.get(above)
    return False


def _file_problems(content: Any, where: str) -> Iterator[Problem]:
    """Yield what the file's own form has wrong, then what the tree has wrong."""
    if not isinstance(content, Mapping) or not isinstance(content.get("codebook"), Mapping):
        yield Problem(f"{_ROOM}.key_missing", where, column="codebook", values={"key": "codebook"})
        return
    head = content["codebook"]
    for key in ("id", "version"):
        if not head.get(key):
            yield Problem(f"{_ROOM}.key_missing", where, column=f"codebook.{key}", values={"key": key})
    languages = head.get("languages", ())
    for i, language in enumerate(languages):
        if language not in LANGUAGES:
            values = {"value": language, "allowed": list(LANGUAGES)}
            yield Problem("unknown_option", where, column=f"codebook.languages[{i}]", values=values)
    entries = content.get("codes")
    if not isinstance(entries, list) or not entries:
        yield Problem(f"{_ROOM}.key_missing", where, column="codes", values={"key": "codes"})
        return
    usable = []
    for i, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or not entry.get("id"):
            yield Problem(f"{_ROOM}.key_missing", where, column=f"codes[{i}].id", values={"key": "id"})
            continue
        usable.append(_code(entry))
        yield from _entry_problems(entry, i, languages, where)
    yield from _tree_problems(usable, where)
    yield from _level_problems(entries, usable, where)


def _entry_problems(entry: Mapping[str, Any], i: int, languages: Sequence[str], where: str) -> Iterator[Problem]:
    label = entry.get("label")
    missing = [lang for lang in languages if not (label.get(lang) if isinstance(label, Mapping) else label)]
    if missing:
        values = {"code": entry["id"], "languages": missing}
        yield Problem(f"{_ROOM}.label_missing", where, column=f"codes[{i}].label", values=values)
    if not isinstance(entry.get("codable", True), bool):
        values = {"value": entry["codable"], "type": type(entry["codable"]).__name__, "allowed": "true, false"}
        yield Problem("wrong_type", where, column=f"codes[{i}].codable", values=values)


def _level_problems(entries: Sequence[Any], codes: Sequence[Code], where: str) -> Iterator[Problem]:
    parents = {code.id: code.parent for code in codes}
    for i, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or entry.get("level") is None or str(entry.get("id")) not in parents:
            continue
        if _in_circle(str(entry["id"]), parents):
            continue
        depth, above = 1, parents[str(entry["id"])]
        while above is not None and depth <= len(parents):
            depth, above = depth + 1, parents.get(above)
        if entry["level"] != depth:
            values = {"code": entry["id"], "level": entry["level"], "depth": depth}
            yield Problem(f"{_ROOM}.level", where, column=f"codes[{i}].level", values=values)
