"""Read REFI-QDA projects (``.qdpx``) and codebooks (``.qdc``).

The standard counts characters; what each tool counts is found per source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vises_methods.errors import ExchangeError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.exchange.assembling import RawCode, RawCoding, RawSource, assembled, coded_tree
from vises_methods.qualitative.exchange.positions import Basis
from vises_methods.qualitative.exchange.project import CodedProject, distinct_names
from vises_methods.qualitative.exchange.safety import Archive, decoded, first_bytes, parsed_xml, require_few_codings

ORIGIN = "VISES workbook"
PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
_MEDIA = ("PictureSource", "AudioSource", "VideoSource", "PDFSource")
_ON_MEDIA = ("PictureSelection", "AudioSelection", "VideoSelection", "PDFSelection", "TranscriptSelection")
_VALUES = {"TextValue": "text", "FloatValue": "number", "IntegerValue": "number", "DateValue": "date"}
_VALUES |= {"DateTimeValue": "date", "BooleanValue": "text"}


@dataclass(frozen=True)
class _Names:
    """What the identifiers of a project stand for."""

    users: dict[str, str]
    codes: dict[str, str]
    variables: dict[str, tuple[str, str]]
    documents: dict[str, str]


def read_qdpx(path: Path, normalise: bool) -> CodedProject:
    """Read a REFI-QDA project.

    Parameters
    ----------
    path : Path
    normalise : bool
        See :func:`read_project`.
    """
    archive = Archive(path)
    try:
        content = archive.read("project.qde")
        if content is None:
            raise ExchangeError("qualitative.errors.no_project", path.name)
        root = parsed_xml(content, f"{path.name}/project.qde")
        return _project(root, archive, path.name, normalise)
    finally:
        archive.close()


@checked_arguments
def read_qdc(path: str | Path) -> Codebook:
    """Read a REFI-QDA codebook; a code's identity is its path.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    ExchangeError
        Where there is no such file, or it is no codebook that can be read.
    """
    path = Path(path)
    first_bytes(path)
    root = parsed_xml(path.read_bytes(), path.name)
    codes, _ = coded_tree(list(_codes(root, None)))
    return Codebook(path.name, "", codes)


def _project(root: Any, archive: Archive, where: str, normalise: bool) -> CodedProject:
    selections = _all(root, "PlainTextSelection")
    require_few_codings(max(len(selections), len(_all(root, "Coding"))), where)
    codes, paths = coded_tree([raw for book in _all(root, "CodeBook") for raw in _codes(book, None)])
    texts = [*_all(root, "TextSource"), *_all(root, "Representation")]
    titles = distinct_names([_title(source) for source in texts])
    users = _all(root, "User")
    named = distinct_names([user.get("name") or user.get("guid") or "" for user in users])
    names = _Names(
        users=dict(zip((user.get("guid") for user in users), named, strict=True)),
        codes=paths,
        variables={
            v.get("guid"): (v.get("name") or "", v.get("typeOfVariable") or "Text") for v in _all(root, "Variable")
        },
        documents={guid: title for source, title in zip(texts, titles, strict=True) for guid in _guids(source)},
    )
    sources, losses = [], []
    for source, title in zip(texts, titles, strict=True):
        text = _text(source, archive, where)
        if text is None:
            lost = len(_all(source, "Coding"))
            losses.append(("source_without_text", 1, title))
            losses.append(("coding_without_text", lost, title))
            continue
        codings, unknown = _codings(source, names, root.get("creatingUserGUID"), f"{where}: {title}")
        losses.append(("coding_without_code", unknown, title))
        sources.append(RawSource(title, text, tuple(codings)))
    cases, unlinked = _cases(root, names)
    losses += [("case_without_document", unlinked, ""), ("note", len(_notes(root)), "")]
    media = [source for kind in _MEDIA for source in _all(root, kind) if not _children(source, "Representation")]
    losses += [(kind, sum(_local(source) == kind for source in media), "") for kind in _MEDIA]
    losses += [(kind, len(_all(root, kind)), "") for kind in ("Set", "Graph", "Link")]
    losses.append(
        ("coding_on_media", sum(len(_all(part, "Coding")) for kind in _ON_MEDIA for part in _all(root, kind)), "")
    )
    tables: dict[str, Any] = {"cases": cases, "attributes": list(_attributes(root, names))}
    own = root.get("origin") == ORIGIN
    return assembled(where, sources, codes, Basis(), losses, normalise=normalise, own=own, **tables)


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _all(root: Any, name: str) -> list[Any]:
    return [element for element in root.iter() if _local(element) == name]


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if _local(child) == name]


def _description(element: Any) -> str:
    return "\n".join(child.text or "" for child in _children(element, "Description")).strip()


def _title(source: Any) -> str:
    """Return the name of a text; the plain text of a PDF bears the name of the PDF."""
    named = source.getparent() if _local(source) == "Representation" else source
    return named.get("name") or named.get("guid") or ""


def _guids(source: Any) -> list[str]:
    """Return the identifiers that mean a text: its own and, for the plain text of a PDF, that of the PDF."""
    within = [source.getparent()] if _local(source) == "Representation" else []
    return [part.get("guid") for part in (source, *within) if part.get("guid")]


def _codes(element: Any, above: str | None) -> Iterator[RawCode]:
    """Yield the codes below an element, each before its children."""
    for child in element:
        if _local(child) == "Codes":
            yield from _codes(child, above)
        elif _local(child) == "Code":
            key = child.get("guid") or f"{above}/{child.get('name')}"
            codable = child.get("isCodable", "true").lower() in ("true", "1")
            yield RawCode(key, above, child.get("name") or key, _description(child), codable)
            yield from _codes(child, key)


def _text(source: Any, archive: Archive, where: str) -> str | None:
    """Return the plain text of a source, from the element itself or from the archive; None where it stands outside."""
    inside = _children(source, "PlainTextContent")
    if inside:
        return inside[0].text or ""
    scheme, _, name = (source.get("plainTextPath") or "").partition("://")
    if scheme != "internal":
        return None
    if ".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\")):
        raise ExchangeError("qualitative.errors.climbing_path", where, path=name)
    content = archive.read(f"sources/{name}")
    return None if content is None else decoded(content, f"{where}/sources/{name}")


def _codings(source: Any, names: _Names, creator: str | None, where: str) -> tuple[list[RawCoding], int]:
    codings, unknown = [], 0
    for selection in _children(source, "PlainTextSelection"):
        place = _place(selection, names, creator, where)
        start, end = _position(selection, "startPosition", place), _position(selection, "endPosition", place)
        for coding in _children(selection, "Coding"):
            targets = [names.codes.get(ref.get("targetGUID")) for ref in _children(coding, "CodeRef")]
            user = coding.get("creatingUser") or selection.get("creatingUser") or creator or ""
            created = coding.get("creationDateTime") or selection.get("creationDateTime") or ""
            unknown += sum(target is None for target in targets)
            codings += [
                RawCoding(
                    start,
                    end,
                    code,
                    names.users.get(user, user),
                    selection.get("name"),
                    _description(selection),
                    created,
                )
                for code in targets
                if code is not None
            ]
    return codings, unknown


def _place(selection: Any, names: _Names, creator: str | None, where: str) -> str:
    """Say whose selection of which document it is."""
    users = [coding.get("creatingUser") for coding in _children(selection, "Coding")]
    user = next((user for user in (*users, selection.get("creatingUser"), creator) if user), "")
    return f"{where}, {names.users.get(user, user)}" if user else where


def _position(selection: Any, name: str, where: str) -> int:
    value = selection.get(name) or ""
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise ExchangeError("qualitative.errors.position", where, column=name, value=value)
    return int(value)


def _cases(root: Any, names: _Names) -> tuple[list[tuple[str, str | None, str]], int]:
    rows: list[tuple[str, str | None, str]] = []
    unlinked = 0
    for case in _all(root, "Case"):
        linked = [names.documents.get(ref.get("targetGUID")) for ref in _children(case, "SourceRef")]
        documents: list[str | None] = [document for document in linked if document is not None]
        unlinked += not documents
        rows += [(case.get("name") or "", document, _description(case)) for document in documents or [None]]
    return rows, unlinked


def _notes(root: Any) -> list[Any]:
    return [note for notes in _children(root, "Notes") for note in _children(notes, "Note")]


def _attributes(root: Any, names: _Names) -> Iterator[tuple[str, str, str, str | None, str]]:
    subjects = [("case", case, case.get("name") or "") for case in _all(root, "Case")]
    subjects += [
        ("document", source, names.documents[source.get("guid")])
        for kind in ("TextSource", "PDFSource")
        for source in _all(root, kind)
        if source.get("guid") in names.documents
    ]
    for kind, element, subject in subjects:
        for value in _children(element, "VariableValue"):
            refs = _children(value, "VariableRef")
            name, declared = names.variables.get(refs[0].get("targetGUID"), ("", "Text")) if refs else ("", "Text")
            given = next(((child.text, _VALUES[_local(child)]) for child in value if _local(child) in _VALUES), None)
            kind_of_value = given[1] if given else _VALUES.get(f"{declared}Value", "text")
            yield kind, subject, name, given[0] if given else None, kind_of_value
