import zipfile

import numpy as np
import pandas as pd
import pytest
from lxml import etree

from vises_methods.errors import InputError
from vises_methods.qualitative import Code, Codebook, CodedProject, read_project, read_qdc, write_qdc, write_qdpx
from vises_methods.qualitative.exchange.project import ATTRIBUTES, CASES

BOOK = Codebook(
    "b",
    "1",
    (
        Code("RES", label={"fr": "Résultats", "nl": "Resultaten"}, codable=False),
        Code("RES.IND", parent="RES", label={"fr": "Personnes"}, definition={"fr": "Ce qui change & <qui>"}),
        Code("VAL"),
    ),
)
TEXTS = pd.DataFrame({"document": ["d 1", "é/2"], "text": ["Un 😀 deux.\nTrois & <b>quatre</b>.", "Vijf\tzes."]})
MARKS = pd.DataFrame(
    [
        ("d 1", "ana", "RES.IND", 5, 9, "mémo \x0b & <x>", "2026-01-02T03:04:05Z"),
        ("d 1", "ben", "RES.IND", 5, 9, "", ""),
        ("d 1", "ben", "VAL", 5, 9, "", "yesterday"),
        ("é/2", "ana", "RES", 0, 4, None, None),
    ],
    columns=["document", "coder", "code", "start", "end", "memo", "created"],
)
CASES_FRAME = pd.DataFrame([("A", "d 1", "note"), ("A", "é/2", "note"), ("B", None, "")], columns=CASES, dtype=object)
VALUES = pd.DataFrame(
    [
        ("case", "A", "Pays", "Belgique", "text"),
        ("case", "B", "ETP", None, "number"),
        ("document", "d 1", "Langue", "fr", "text"),
    ],
    columns=ATTRIBUTES,
)
PROJECT = CodedProject(TEXTS, BOOK, MARKS, CASES_FRAME, VALUES)
# What the schema of the standard allows below each element, in this order; and the attributes it requires.
ORDER = {
    "Project": [
        "Users",
        "CodeBook",
        "Variables",
        "Cases",
        "Sources",
        "Notes",
        "Links",
        "Sets",
        "Graphs",
        "Description",
    ],
    "Users": ["User"],
    "CodeBook": ["Codes", "Sets"],
    "Codes": ["Code"],
    "Code": ["Description", "NoteRef", "Code"],
    "Variables": ["Variable"],
    "Variable": ["Description"],
    "Cases": ["Case"],
    "Case": ["Description", "CodeRef", "VariableValue", "SourceRef", "SelectionRef"],
    "VariableValue": ["VariableRef", "TextValue", "FloatValue", "DateValue"],
    "Sources": ["TextSource"],
    "TextSource": ["Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"],
    "PlainTextSelection": ["Description", "Coding", "NoteRef"],
    "Coding": ["CodeRef", "NoteRef"],
}
REQUIRED = {
    "Project": ["name"],
    "User": ["guid"],
    "Code": ["guid", "name", "isCodable"],
    "Variable": ["guid", "name", "typeOfVariable"],
    "Case": ["guid"],
    "VariableRef": ["targetGUID"],
    "SourceRef": ["targetGUID"],
    "CodeRef": ["targetGUID"],
    "TextSource": ["guid"],
    "PlainTextSelection": ["guid", "startPosition", "endPosition"],
    "Coding": ["guid"],
}


def require_standard(root):
    """Hold the order, the required attributes, the form of identifiers and their references."""
    guids, targets = [], []
    for element in root.iter():
        name = etree.QName(element).localname
        order = ORDER.get(name, [])
        places = [order.index(etree.QName(child).localname) for child in element]
        assert places == sorted(places), name
        assert all(element.get(attribute) for attribute in REQUIRED.get(name, [])), name
        assert name not in ("Users", "Codes", "Variables", "Cases", "Sources") or len(element), name
        guids += [element.get("guid")] if element.get("guid") else []
        targets += [element.get("targetGUID")] if element.get("targetGUID") else []
    assert len(set(guids)) == len(guids)
    assert set(targets) <= set(guids)
    assert all(len(guid) == 36 and guid.count("-") == 4 for guid in guids)


def test_writing_and_reading_gives_the_same_project(tmp_path):
    again = read_project(write_qdpx(PROJECT, tmp_path / "p.qdpx"))
    assert again.documents.to_dict("list") == TEXTS.to_dict("list")
    columns = ["document", "start", "end", "code", "coder"]
    order = MARKS.sort_values(columns)
    assert again.codings.sort_values(columns)[columns].to_numpy().tolist() == order[columns].to_numpy().tolist()
    assert again.codings["quote"].tolist()[:3] == ["deux"] * 3
    assert again.codings.set_index(["coder", "code"])["memo"].to_dict()[("ana", "RES.IND")] == "mémo  & <x>"
    assert set(again.codings["created"]) == {"", "2026-01-02T03:04:05Z"}
    assert again.cases["case"].tolist() == ["A", "A", "B"]
    assert again.cases["document"].tolist()[:2] == ["d 1", "é/2"]
    assert again.attributes["value"].replace({np.nan: None}).tolist() == ["Belgique", None, "fr"]
    assert again.attributes["type"].tolist() == ["text", "number", "text"]


def test_a_second_round_changes_nothing_and_equal_projects_give_equal_bytes(tmp_path):
    first = write_qdpx(PROJECT, tmp_path / "p.qdpx")
    second = write_qdpx(PROJECT, tmp_path / "q.qdpx", name="p")
    assert first.read_bytes() == second.read_bytes()
    again = read_project(first)
    once_more = read_project(write_qdpx(again, tmp_path / "r.qdpx"))
    assert once_more.codings.equals(again.codings)
    assert once_more.codebook.codes == again.codebook.codes


def test_the_project_follows_the_standard(tmp_path):
    with zipfile.ZipFile(write_qdpx(PROJECT, tmp_path / "p.qdpx", lang="fr")) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        names = archive.namelist()
        texts = {name: archive.read(name) for name in names if name.startswith("sources/")}
    require_standard(root)
    assert root.tag == "{urn:QDA-XML:project:1.0}Project"
    paths = [s.get("plainTextPath").removeprefix("internal://") for s in root.iter("{*}TextSource")]
    assert sorted(f"sources/{path}" for path in paths) == sorted(texts)
    assert not any(text.startswith(b"\xef\xbb\xbf") for text in texts.values())


def test_a_project_without_codings_or_codes_follows_the_standard_too(tmp_path):
    empty = CodedProject(TEXTS, Codebook("b", "1", ()), MARKS.iloc[:0])
    with zipfile.ZipFile(write_qdpx(empty, tmp_path / "p.qdpx")) as archive:
        require_standard(etree.fromstring(archive.read("project.qde")))
    assert read_project(tmp_path / "p.qdpx").codings.empty


def test_a_codebook_is_written_and_read_back(tmp_path):
    path = write_qdc(BOOK, tmp_path / "b.qdc", lang="fr")
    root = etree.fromstring(path.read_bytes())
    require_standard(root)
    assert root.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    again = read_qdc(path)
    assert [(c.id, c.parent, c.codable) for c in again] == [(c.id, c.parent, c.codable) for c in BOOK]
    assert again["RES.IND"].definition == "Personnes — Ce qui change & <qui>"


def test_a_code_has_the_same_identifier_in_both_files(tmp_path):
    book = etree.fromstring(write_qdc(BOOK, tmp_path / "b.qdc").read_bytes())
    with zipfile.ZipFile(write_qdpx(PROJECT, tmp_path / "p.qdpx")) as archive:
        project = etree.fromstring(archive.read("project.qde"))
    codes = [{c.get("name"): c.get("guid") for c in root.iter("{*}Code")} for root in (book, project)]
    assert codes[0] == codes[1]


def test_codes_that_are_not_in_the_book_are_an_error(tmp_path):
    with pytest.raises(InputError):
        write_qdpx(CodedProject(TEXTS, BOOK, MARKS.assign(code="Z")), tmp_path / "p.qdpx")
    assert not (tmp_path / "p.qdpx").exists()
