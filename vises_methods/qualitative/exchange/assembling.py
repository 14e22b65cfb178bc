"""From what a file holds, per source, to a checked project: the steps that all readers share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from vises_methods.qualitative.codebook import Code, Codebook
from vises_methods.qualitative.exchange.positions import Basis, Reading, SelectedText, Selection, read_positions
from vises_methods.qualitative.exchange.project import (
    ATTRIBUTES,
    BASES,
    CASES,
    CODINGS,
    DOCUMENTS,
    UNNAMED,
    CodedProject,
    clean_name,
    distinct_names,
    loss_frame,
)
from vises_methods.qualitative.exchange.safety import require_few_codings, require_unicode


@dataclass(frozen=True)
class RawCoding:
    """A coding as a file has it; positions in a basis yet unknown."""

    start: int
    end: int
    code: str
    coder: str
    quote: str | None = None
    memo: str = ""
    created: str = ""


@dataclass(frozen=True)
class RawSource:
    """A text as a file has it, and its codings."""

    name: str
    text: str
    codings: tuple[RawCoding, ...]


def assembled(
    where: str,
    sources: Sequence[RawSource],
    codes: Sequence[Code],
    expected: Basis,
    losses: Iterable[tuple[str, int, str]],
    *,
    normalise: bool,
    own: bool = False,
    cases: Sequence[tuple[str, str | None, str]] = (),
    attributes: Sequence[tuple[str, str, str, str | None, str]] = (),
) -> CodedProject:
    """Read the positions of every source and put the project together.

    Parameters
    ----------
    where : str
        The file's name, for errors and as the codebook's identity.
    sources : sequence of RawSource
        Their names distinct.
    codes : sequence of Code
    expected : Basis
        What the format says its positions count.
    losses : iterable of (what, count, detail)
    normalise : bool
        Bring texts to NFC and move the codings along.
    own : bool
        The file was written by this workbook.
    cases, attributes
        Rows of the project's tables.
    """
    require_few_codings(sum(len(source.codings) for source in sources), where)
    documents, codings, bases = [], [], []
    kept = [[coding for coding in source.codings if coding.start != coding.end] for source in sources]
    empty = sum(len(source.codings) - len(there) for source, there in zip(sources, kept, strict=True))
    readings = read_positions(_selected(where, sources, kept), expected, normalise=normalise, own=own)
    for source, there, reading in zip(sources, kept, readings, strict=True):
        documents.append((source.name, reading.text))
        bases.append(_basis_row(source.name, reading, len(there)))
        codings += [
            (
                source.name,
                start,
                end,
                coding.code,
                clean_name(coding.coder),
                reading.text[start:end],
                coding.memo,
                coding.created,
            )
            for coding, (start, end) in zip(there, reading.spans, strict=True)
        ]
    nameless = sum(row[4] == UNNAMED for row in codings)
    found = [*losses, ("empty_coding", empty, ""), ("coder_missing", nameless, UNNAMED)]
    frame = pd.DataFrame(codings, columns=CODINGS).astype({"start": "int64", "end": "int64"})
    return CodedProject(
        documents=pd.DataFrame(documents, columns=DOCUMENTS),
        codebook=Codebook(where, "", tuple(codes)),
        codings=frame.sort_values(["document", "start", "end", "code", "coder"], ignore_index=True),
        cases=pd.DataFrame(list(cases), columns=CASES, dtype=object),
        attributes=pd.DataFrame(list(attributes), columns=ATTRIBUTES, dtype=object),
        losses=loss_frame(found),
        bases=pd.DataFrame(bases, columns=BASES),
    )


def _selected(where: str, sources: Sequence[RawSource], kept: Sequence[Sequence[RawCoding]]) -> list[SelectedText]:
    texts = []
    for source, own in zip(sources, kept, strict=True):
        place = f"{where}: {source.name}"
        require_unicode(source.text, place)
        selections = [Selection(coding.start, coding.end, coding.quote, coding.coder) for coding in own]
        texts.append(SelectedText(source.text, selections, place))
    return texts


def _basis_row(name: str, reading: Reading, selections: int) -> tuple[object, ...]:
    """Say how a source was read; repaired where the file's own quotes were cut at other places."""
    repaired = reading.quotes_match is not None and reading.quotes_match < 0.5
    score, edges = round(reading.score, 6), round(reading.on_word_edges, 6)
    return name, str(reading.basis), score, edges, reading.quotes_match, selections, repaired, reading.by_project


@dataclass(frozen=True)
class RawCode:
    """A code as a file has it: an identity in the file, the identity above, a name."""

    key: str
    above: str | None
    name: str
    definition: str = ""
    codable: bool = True


def coded_tree(codes: Sequence[RawCode]) -> tuple[tuple[Code, ...], dict[str, str]]:
    """Return the codes with their paths as identities, and the path of each identity in the file.

    A code whose parent is not in the file stands at the top; a circle is cut where it closes.
    """
    by_key = {code.key: replace(code, name=clean_name(code.name)) for code in codes}
    paths = dict(zip(by_key, distinct_names([_path(code, by_key) for code in by_key.values()]), strict=True))
    listed = [
        Code(
            id=paths[code.key],
            parent=_parent(code, by_key, paths),
            label=code.name,
            definition=code.definition,
            codable=code.codable,
        )
        for code in by_key.values()
    ]
    return tuple(listed), paths


def _parent(code: RawCode, by_key: dict[str, RawCode], paths: dict[str, str]) -> str | None:
    chain = _chain(code, by_key)
    return paths[chain[-2].key] if len(chain) > 1 else None


def _path(code: RawCode, by_key: dict[str, RawCode]) -> str:
    """Join the names from the top; a name that continues the one above (``A.B`` under ``A``) is a path by itself."""
    path = above = ""
    for part in _chain(code, by_key):
        path = part.name if not above or part.name.startswith(f"{above}.") else f"{path}/{part.name}"
        above = part.name
    return path


def _chain(code: RawCode, by_key: dict[str, RawCode]) -> list[RawCode]:
    chain, seen = [code], {code.key}
    while chain[0].above in by_key and chain[0].above not in seen:
        chain.insert(0, by_key[chain[0].above or ""])
        seen.add(chain[0].key)
    return chain
