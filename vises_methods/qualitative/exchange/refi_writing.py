"""Write REFI-QDA projects (``.qdpx``) and codebooks (``.qdc``), the same bytes for the same project.

Identifiers follow from names (UUID version 5), so that two exports of one project agree with each other.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import etree

from vises_methods.catalogue import localised
from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Code, Codebook
from vises_methods.qualitative.exchange.positions import clean_text
from vises_methods.qualitative.exchange.project import ATTRIBUTES, CASES, NOT_IN_XML, CodedProject
from vises_methods.qualitative.exchange.refi import CODEBOOK, ORIGIN, PROJECT
from vises_methods.qualitative.tables import checked_codings, checked_documents, require_columns, require_type

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vises-methods")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
DEEPEST = 200
"""Levels of codes within codes; readers of XML, ours too, refuse a tree much deeper than this."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_VARIABLE = {"text": ("Text", "TextValue"), "number": ("Float", "FloatValue"), "date": ("Date", "DateValue")}


@checked_arguments
def write_qdpx(project: CodedProject, path: str | Path, /, *, name: str | None = None, lang: str = "en") -> Path:
    """Write a coded project as REFI-QDA, for NVivo, ATLAS.ti, MAXQDA, QualCoder and others.

    Reading the file back with :func:`read_project` gives the same texts, codings, cases and attributes.

    Parameters
    ----------
    project : CodedProject
        ``documents, codebook, codings``, and ``cases, attributes`` where there are any.
    path : path
        The file to write; an existing one is replaced.
    name : str, optional
        The project's name; the file's own when not given.
    lang : {"fr", "nl", "en"}
        Of labels and definitions.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        For spans outside their text, or codes that are not in the codebook.

    References
    ----------
    REFI-QDA Standard, Project Exchange 1.0 (2019), https://www.qdasoftware.org.

    Examples
    --------
    >>> import tempfile
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One two."]})
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["ana"], "code": ["X"], "start": [4], "end": [7]})
    >>> project = CodedProject(texts, Codebook("b", "1", (Code("X"),)), marks)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_qdpx(project, Path(folder) / "study.qdpx").name
    'study.qdpx'
    """
    require_type(project, CodedProject, "write_qdpx(project)")
    file = _in_a_folder(path)
    texts = checked_documents(project.documents, "write_qdpx(documents)")
    codings = checked_codings(project.codings, texts, "write_qdpx(codings)")
    require_columns(project.cases, CASES, "write_qdpx(cases)")
    require_columns(project.attributes, ATTRIBUTES, "write_qdpx(attributes)")
    project.codebook.require(codings["code"], "write_qdpx(codings)")
    root = etree.Element(f"{{{PROJECT}}}Project", nsmap={None: PROJECT}, name=name or file.stem, origin=ORIGIN)
    coders = sorted(set(codings["coder"]))
    _section(root, "Users", [_element("User", guid=_guid("user", coder), name=coder) for coder in coders])
    if len(project.codebook):
        etree.SubElement(root, _tag("CodeBook")).append(_codes(project.codebook, lang, PROJECT))
    variables = project.attributes.drop_duplicates("name")[["name", "type"]].to_dict("records")
    _section(root, "Variables", [_variable(str(row["name"]), str(row["type"])) for row in variables])
    names = dict.fromkeys(project.cases["case"])
    _section(root, "Cases", [_case(str(case), project) for case in names])
    _section(root, "Sources", [_source(str(d), codings, project) for d in texts["document"]])
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, "project.qde", _bytes(root))
        for document, text in zip(texts["document"], texts["text"], strict=True):
            _add(archive, f"sources/{_guid('text', document)}.txt", text.encode("utf-8"))
    return file


@checked_arguments
def write_qdc(codebook: Codebook, path: str | Path, /, *, lang: str = "en") -> Path:
    """Write a codebook as REFI-QDA.

    Parameters
    ----------
    codebook : Codebook
        With at least one code.
    path : path
        The file to write; an existing one is replaced.
    lang : {"fr", "nl", "en"}
        Of labels and definitions.

    Returns
    -------
    Path
        The file.

    References
    ----------
    REFI-QDA Standard, Codebook Exchange 1.0 (2018), https://www.qdasoftware.org.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_qdc(Codebook("b", "1", (Code("X"),)), Path(folder) / "book.qdc").name
    'book.qdc'
    """
    require_type(codebook, Codebook, "write_qdc(codebook)")
    file = _in_a_folder(path)
    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", nsmap={None: CODEBOOK}, origin=ORIGIN)
    root.append(_codes(codebook, lang, CODEBOOK))
    file.write_bytes(_bytes(root))
    return file


def _in_a_folder(path: str | Path) -> Path:
    file = Path(path)
    if not file.parent.is_dir():
        raise InputError("file_not_found", file.name, path=str(file.parent))
    return file


def _guid(*names: str) -> str:
    return str(uuid.uuid5(_SPACE, "\x00".join(names)))


def _tag(name: str, space: str = PROJECT) -> str:
    return f"{{{space}}}{name}"


def _written(text: object) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return NOT_IN_XML.sub("", str(text))


def _element(tag: str, /, *, space: str = PROJECT, **attributes: str) -> Any:
    return etree.Element(_tag(tag, space), {key: _written(value) for key, value in attributes.items()})


def _section(root: Any, name: str, elements: Iterable[Any]) -> None:
    """Add a section; the standard allows none that is empty."""
    content = list(elements)
    if content:
        etree.SubElement(root, _tag(name)).extend(content)


def _described(element: Any, text: str, space: str = PROJECT) -> Any:
    if text:
        etree.SubElement(element, _tag("Description", space)).text = _written(text)
    return element


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _codes(codebook: Codebook, lang: str, space: str) -> Any:
    depth = max((codebook.level(code.id) for code in codebook), default=0)
    if depth > DEEPEST:
        raise InputError("out_of_range", "codebook", value=depth, allowed=f"≤ {DEEPEST}")
    codes = etree.Element(_tag("Codes", space))
    for code in codebook.children(None):
        codes.append(_code(codebook, code, lang, space))
    return codes


def _code(codebook: Codebook, identity: str, lang: str, space: str) -> Any:
    code = codebook[identity]
    name = _name(codebook, code, lang)
    label, definition = localised(code.label, lang), localised(code.definition, lang)
    codable = "true" if code.codable else "false"
    element = _element("Code", space=space, guid=_guid("code", identity), name=name, isCodable=codable)
    _described(element, definition if label in (name, "") else " — ".join(filter(None, [label, definition])), space)
    for child in codebook.children(identity):
        element.append(_code(codebook, child, lang, space))
    return element


def _name(codebook: Codebook, code: Code, lang: str) -> str:
    """Return the label where the code's identity is the path of labels; else what its identity adds to its parent's."""
    chain = [*reversed(codebook.ancestors(code.id)), code.id]
    path = "/".join(codebook.label(part, lang) for part in chain)
    if path == code.id:
        return codebook.label(code.id, lang)
    return code.id.removeprefix(f"{code.parent}/")


def _variable(name: str, kind: str) -> Any:
    declared = _VARIABLE.get(kind, _VARIABLE["text"])[0]
    return _element("Variable", guid=_guid("variable", name), name=name, typeOfVariable=declared)


def _values(kind: str, subject: str, project: CodedProject) -> list[Any]:
    rows = project.attributes
    own = rows[(rows["kind"] == kind) & (rows["subject"] == subject)]
    elements = []
    for row in own.to_dict("records"):
        element = _element("VariableValue")
        element.append(_element("VariableRef", targetGUID=_guid("variable", str(row["name"]))))
        if pd.notna(row["value"]):
            value = etree.SubElement(element, _tag(_VARIABLE.get(str(row["type"]), _VARIABLE["text"])[1]))
            value.text = _written(row["value"])
        elements.append(element)
    return elements


def _case(name: str, project: CodedProject) -> Any:
    own = project.cases[project.cases["case"] == name]
    memo = own["memo"].dropna().iloc[0] if own["memo"].notna().any() else ""
    element = _described(_element("Case", guid=_guid("case", name), name=name), str(memo))
    element.extend(_values("case", name, project))
    for document in own["document"].dropna():
        element.append(_element("SourceRef", targetGUID=_guid("source", str(document))))
    return element


def _source(document: str, codings: pd.DataFrame, project: CodedProject) -> Any:
    path = f"internal://{_guid('text', document)}.txt"
    element = _element("TextSource", guid=_guid("source", document), name=document, plainTextPath=path)
    text = dict(zip(project.documents["document"].astype(str), project.documents["text"], strict=True))[document]
    own = codings[codings["document"] == document]
    for number, row in enumerate(own.to_dict("records")):
        element.append(_selection(document, number, row, str(text)))
    element.extend(_values("document", document, project))
    return element


def _selection(document: str, number: int, row: dict[Any, Any], text: str) -> Any:
    made = {"creatingUser": _guid("user", str(row["coder"]))}
    if _MOMENT.fullmatch(str(row.get("created", ""))):
        made["creationDateTime"] = str(row["created"])
    quote = clean_text(text[row["start"] : row["end"]])
    place = {"startPosition": str(row["start"]), "endPosition": str(row["end"])}
    guid = _guid("selection", document, str(number))
    memo = row.get("memo")
    element = _described(
        _element("PlainTextSelection", guid=guid, name=quote, **place, **made), "" if pd.isna(memo) else str(memo)
    )
    coding = etree.SubElement(element, _tag("Coding"), guid=_guid("coding", document, str(number)), **made)
    etree.SubElement(coding, _tag("CodeRef"), targetGUID=_guid("code", str(row["code"])))
    return element
