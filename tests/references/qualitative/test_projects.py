"""Real projects of two coders, made with Taguette and QualCoder: everything in their ``expected.json`` is met."""

import json
import unicodedata
from pathlib import Path

import pytest

from vises_methods.qualitative import read_project, read_qdc

HERE = Path(__file__).parent
TAGUETTE = json.loads((HERE / "taguette" / "expected.json").read_text(encoding="utf-8"))
QUALCODER = json.loads((HERE / "qualcoder" / "expected.json").read_text(encoding="utf-8"))
QUALCODER_FILES = ["pilote_qualcoder.qda", "pilote_qualcoder.qdpx", "reimported_by_qualcoder.data.qda"]


def rows(project, *columns):
    return sorted(project.codings[list(columns)].itertuples(index=False, name=None))


def test_taguettes_server_says_who_coded_what_and_where():
    project = read_project(HERE / "taguette" / "server.sqlite3")
    expected = sorted(
        (h["document"], h["cp_start"], h["cp_end"], tag, h["coder"], h["text"])
        for h in TAGUETTE["highlights"]
        for tag in h["tags"]
    )
    assert rows(project, "document", "start", "end", "code", "coder", "quote") == expected
    assert len(expected) == TAGUETTE["n_tagged_rows_csv"]
    assert project.losses.set_index("what")["count"].to_dict() == {"highlight_without_tag": 1}


def test_taguettes_documents_and_tags():
    project = read_project(HERE / "taguette" / "server.sqlite3")
    lengths = project.documents.set_index("document")["text"].str.len().to_dict()
    assert lengths == {document["name"]: document["chars"] for document in TAGUETTE["documents"]}
    found = {
        code.id: (
            code.definition,
            int((project.codings["code"] == code.id).sum()),
            project.codings.loc[project.codings["code"] == code.id, "document"].nunique(),
        )
        for code in project.codebook
    }
    assert found == {t["path"]: (t["description"], t["highlights"], t["documents"]) for t in TAGUETTE["tags"]}


def test_a_tag_is_no_child_of_a_tag_whose_name_only_begins_alike():
    book = read_project(HERE / "taguette" / "server.sqlite3").codebook
    assert book.parent("impact.emploi.contrat") == "impact.emploi"
    assert book.parent("impactant") is None
    assert book.parent("frein.financement") is None


def test_taguettes_export_has_lost_the_coders_and_says_so():
    project = read_project(HERE / "taguette" / "project.sqlite3")
    losses = project.losses.set_index("what")["count"]
    assert losses["coder_unknown"] == TAGUETTE["n_highlights"]
    assert set(project.codings["coder"]) == {"admin"}


@pytest.mark.parametrize("name", QUALCODER_FILES)
def test_qualcoders_codings(name):
    project = read_project(HERE / "qualcoder" / name)
    expected = sorted(
        (c["document"], c["start"], c["end"], c["code_path"], c["coder"], c["text"], c["memo"])
        for c in QUALCODER["codings"]
    )
    assert rows(project, "document", "start", "end", "code", "coder", "quote", "memo") == expected


def test_the_shifted_project_is_repaired_and_the_evidence_is_reported():
    bases = read_project(HERE / "qualcoder" / "reimported_by_qualcoder.data.qda").bases
    assert bases["repaired"].all()
    assert (bases["on_word_edges"] == 1).all()
    assert (bases["quotes_match"] < 0.2).all()
    assert not read_project(HERE / "qualcoder" / "pilote_qualcoder.qda").bases["repaired"].any()


@pytest.mark.parametrize("name", QUALCODER_FILES)
def test_qualcoders_codes_and_documents(name):
    project = read_project(HERE / "qualcoder" / name)
    lengths = project.documents.set_index("document")["text"].str.len().to_dict()
    assert lengths == {document: facts["chars"] for document, facts in QUALCODER["documents"].items()}
    used = project.codings["code"].value_counts()
    codable = {code.id: int(used.get(code.id, 0)) for code in project.codebook if code.codable}
    assert codable == {code["path"]: code["codings"] for code in QUALCODER["codes"]}
    families = sorted(code.id for code in project.codebook if not code.codable)
    assert families == sorted(QUALCODER["categories_not_codable"])


@pytest.mark.parametrize("name", QUALCODER_FILES)
def test_qualcoders_cases_and_variables(name):
    project = read_project(HERE / "qualcoder" / name)
    values = project.attributes.set_index(["kind", "subject", "name"])["value"].fillna("").to_dict()
    for case, facts in QUALCODER["cases"].items():
        assert values[("case", case, "Pays")] == facts["Pays"]
        assert values[("case", case, "Salariés")] == facts["Salariés"]
        linked = project.cases.loc[project.cases["case"] == case, "document"].dropna().tolist()
        assert linked == (facts["files"] if name.endswith(".qda") and name.startswith("pilote") else [])
    for document, language in QUALCODER["file_variables"]["Langue"].items():
        assert values[("document", document, "Langue")] == language
    types = project.attributes.set_index("name")["type"].to_dict()
    assert types == {"Pays": "text", "Salariés": "number", "Langue": "text"}


def test_what_was_not_taken_is_counted():
    exported = read_project(HERE / "qualcoder" / "pilote_qualcoder.qdpx").losses.set_index("what")["count"].to_dict()
    assert exported == {"case_without_document": 4, "note": QUALCODER["qdpx"]["notes"]}
    folder = read_project(HERE / "qualcoder" / "pilote_qualcoder.qda").losses.set_index("what")["count"].to_dict()
    assert folder == {"annotation": 1, "journal": 1, "important_flag": 1}


def test_a_codebook_that_begins_with_a_byte_order_mark():
    book = read_qdc(HERE / "qualcoder" / "Codebook-pilote_qualcoder.qdc")
    assert sorted(code.id for code in book if code.codable) == sorted(code["path"] for code in QUALCODER["codes"])


def test_what_qualcoder_made_of_a_taguette_project_keeps_its_places():
    """It holds 23 of the 24 pairs, one coder for two and no tree: what is there stands on the same words."""
    imported = read_project(HERE / "qualcoder" / "taguette_imported_by_qualcoder.data.qda")
    taguette = read_project(HERE / "taguette" / "server.sqlite3")
    found, given = (
        {(code, "".join(quote.split())) for code, quote in rows(project, "code", "quote")}
        for project in (imported, taguette)
    )
    assert len(imported.codings) == 23
    assert found == given  # but for blanks: QualCoder breaks a line where Taguette's text runs on
    assert imported.codings["coder"].nunique() == 1
    for row in imported.codings.itertuples():
        text = imported.documents.set_index("document").loc[row.document, "text"]
        assert text[row.start : row.end] == row.quote


@pytest.mark.parametrize("name", ["taguette/server.sqlite3", "qualcoder/pilote_qualcoder.qdpx"])
def test_composing_accents_moves_every_coding_along(name):
    stored, composed = (read_project(HERE / name, normalise=normalise) for normalise in (False, True))
    assert all(unicodedata.is_normalized("NFC", text) for text in composed.documents["text"])
    quotes = [unicodedata.normalize("NFC", quote) for quote in stored.codings["quote"]]
    assert composed.codings["quote"].tolist() == quotes
    assert (composed.codings["start"] < stored.codings["start"]).any()
