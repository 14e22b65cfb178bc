"""What coders did in their own tool comes into an enterprise's tables, or every reason why not."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.errors import ExchangeError, InvalidStudyError
from vises_methods.qualitative import Codebook, CodedProject, read_project, write_codings, write_qdpx
from vises_methods.study import check_study, open_enterprise
from vises_methods.synthesis import plan_codings_import, write_coding_project, write_codings_import

DEMO = Path(__file__).parents[3] / "data" / "demo"
TAGUETTE = Path(__file__).parents[2] / "references" / "qualitative" / "taguette" / "server.sqlite3"
CODES = """
codes:
  impact.emploi: RES.IND.BIE
  impact.confiance: RES.IND.CON
  impact: RES.IND.LIE
  impact.emploi.contrat: PRA.EMP
  frein.réglementation: EXP.QUA
  frein.financement: RES.NEG
  impactant: null
  ambiance 😀: null
coders: {amelie: am, bram: br}
"""
TEXTS = """
documents:
  Entretien 01 (FR): {document: pilote-01, title: Un, kind: document, date: 2025-02-03, language: fr, access: public}
  Interview 02 (NL): {document: pilote-02, title: Een, kind: document, date: 2025-02-04, language: nl, access: public}
  Focusgroep 03 (FR-NL): null
"""


@pytest.fixture
def case(tmp_path):
    study = tmp_path / "demo"
    enterprise = study / "enterprises" / "vire-lune"
    shutil.copytree(DEMO / "enterprises" / "vire-lune", enterprise)
    shutil.copy(DEMO / "study.yml", study / "study.yml")
    return open_enterprise(study, "vire-lune")


def files(case) -> dict[str, bytes]:
    return {str(p.relative_to(case.card.path)): p.read_bytes() for p in case.card.path.rglob("*") if p.is_file()}


def mapped(case, content: str) -> Path:
    path = case.study.path.parent / "mapping.yml"
    path.write_text(content, encoding="utf-8")
    return path


def project_of(case, codings: pd.DataFrame | None = None, blanks: str = "\n") -> Path:
    """Write what the enterprise has as a tool would, whose paragraphs stand apart in another way."""
    texts = case.documents[["document", "text"]].assign(text=case.documents["text"].str.replace("\n", blanks))
    own = case.codings if codings is None else codings
    place = own[["document", "start", "end", "code", "coder"]].assign(memo="")
    for document, text in zip(case.documents["document"], case.documents["text"], strict=True):
        of = place["document"] == document
        for column in ("start", "end"):
            moved = [at + text[:at].count("\n") * (len(blanks) - 1) for at in place.loc[of, column]]
            place.loc[of, column] = moved
    return write_qdpx(
        CodedProject(texts, Codebook.from_yaml(case.codebook), place), case.study.path.parent / "coded.qdpx"
    )


@pytest.mark.parametrize("blanks", ["\n", "\n\n"])
def test_what_stands_there_already_changes_nothing(case, blanks):
    before = files(case)
    plan = plan_codings_import(project_of(case, blanks=blanks), case)
    assert plan.counts()[["new", "gone"]].to_numpy().sum() == 0
    assert plan.counts()["same"].sum() == len(case.codings)
    assert write_codings_import(plan, overwrite=True) == []
    assert files(case) == before


def test_new_codings_are_added_and_gone_ones_leave_only_when_asked(case):
    kept = case.codings.iloc[1:]
    fresh = kept.iloc[[0]].assign(code="RES.NEG", start=0, end=20, coder="yvon")
    plan = plan_codings_import(project_of(case, pd.concat([kept, fresh])), case)
    assert plan.counts()[["new", "same", "gone"]].sum().tolist() == [1, len(kept), 1]
    write_codings_import(plan)
    again = open_enterprise(case.study.path, case.id)
    assert len(again.codings) == len(case.codings) + 1
    last = again.codings.iloc[-1]
    assert (last["code"], last["start"], last["end"], last["coder"]) == ("RES.NEG", 0, 20, "yvon")
    assert again.codings["coding"].is_unique
    write_codings_import(plan_codings_import(case.study.path.parent / "coded.qdpx", again), overwrite=True)
    assert case.codings["coding"].iloc[0] not in set(open_enterprise(case.study.path, case.id).codings["coding"])
    assert check_study(case.study.path) == []


def test_a_real_project_of_another_tool_comes_in_whole(case):
    plan = plan_codings_import(TAGUETTE, case, mapped(case, TEXTS + CODES))
    assert plan.counts().to_dict("list") == {
        "document": ["pilote-01", "pilote-01", "pilote-02", "pilote-02"],
        "coder": ["am", "br", "am", "br"],
        "new": [7, 4, 2, 4],
        "same": [0] * 4,
        "gone": [0] * 4,
    }
    write_codings_import(plan)
    assert check_study(case.study.path) == []
    again = open_enterprise(case.study.path, case.id)
    taken = again.documents.set_index("document").loc["pilote-01"]
    assert taken["coders"] == "am;br"
    own = again.codings[again.codings["document"] == "pilote-01"]
    quotes = {taken["text"][start:end] for start, end in zip(own["start"], own["end"], strict=True)}
    assert quotes <= set(plan.project.codings["quote"])
    assert plan_codings_import(TAGUETTE, again, case.study.path.parent / "mapping.yml").counts()["new"].sum() == 0


def test_every_name_that_is_not_known_is_told_at_once(case):
    before = files(case)
    with pytest.raises(InvalidStudyError) as told:
        plan_codings_import(TAGUETTE, case)
    codes = [problem.code.rsplit(".", 1)[-1] for problem in told.value.problems]
    assert {code: codes.count(code) for code in codes} == {"document_unknown": 3, "code_unknown": 8, "coder_unknown": 2}
    assert files(case) == before


def test_what_the_tables_would_not_allow_is_put_back(case):
    before = files(case)
    speaking = TEXTS.replace("kind: document", "kind: interview")
    with pytest.raises(InvalidStudyError, match="person"):
        write_codings_import(plan_codings_import(TAGUETTE, case, mapped(case, speaking + CODES)))
    assert files(case) == before


def test_a_disk_that_fails_midway_leaves_everything_as_it_was(case, monkeypatch):
    before = files(case)
    plan = plan_codings_import(TAGUETTE, case, mapped(case, TEXTS + CODES))
    write_bytes = Path.write_bytes

    def full_at_the_last(path: Path, content: bytes) -> int:
        if path.name == ".codings.csv.new":
            write_bytes(path, content[:10])
            raise OSError(28, "No space left on device")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", full_at_the_last)
    with pytest.raises(OSError, match="No space"):
        write_codings_import(plan)
    assert files(case) == before


def test_a_fault_that_stood_there_before_does_not_stop_rows_from_leaving(case):
    path = case.card.path / "codings.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    rows[2] = rows[2].replace(",leila,", ",Leila,", 1)
    project = project_of(case, case.codings.iloc[2:])
    path.write_text("\n".join([rows[0], *rows[3:], rows[1], rows[2]]) + "\n", encoding="utf-8")
    write_codings_import(plan_codings_import(project, case), overwrite=True)
    left = path.read_text(encoding="utf-8")
    assert ",Leila," in left
    assert rows[1] not in left


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ("documents: {Entretien 01 (FR): nowhere}", {"mapped_document"}),
        ("documents: {Entretien 01 (FR): {title: x}}", {"mapped_document"}),
        ("documents: {Entretien 01 (FR): {document: ../../x}}", {"mapped_document"}),
        ("documents: {Entretien 01 (FR): v1-warda}", {"text_differs"}),
        ("codes: {impact: NO.SUCH}", {"mapped_code"}),
        ("coders: {amelie: 3}", {"mapped_coder"}),
        ("people: {}", {"mapping_part"}),
        ("codes: [impact]", {"mapping_names"}),
    ],
)
def test_a_mapping_that_says_something_wrong_is_told(case, content, codes):
    with pytest.raises(InvalidStudyError) as told:
        plan_codings_import(TAGUETTE, case, mapped(case, content))
    found = {problem.code.rsplit(".", 1)[-1] for problem in told.value.problems}
    assert codes <= found
    for lang in ("fr", "nl", "en"):
        assert all(problem.message(lang) for problem in told.value.problems)


@pytest.mark.parametrize("content", [b"a: [", b"- a", b"\xff\xfe\x00", None])
def test_a_mapping_that_cannot_be_read_is_told(case, content):
    path = case.study.path.parent / "mapping.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ExchangeError, match="mapping"):
        plan_codings_import(TAGUETTE, case, path)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_sheet_of_codings_with_another_name_for_a_document_and_labels_for_codes(case, suffix):
    label = Codebook.from_yaml(case.codebook).label("RES.NEG", "fr")
    words = case.documents["text"].iloc[0].split("\n")[0]
    rows = {"document": ["Warda"], "coder": ["maud"], "code": [label], "start": [0], "end": [len(words)]}
    sheet = write_codings(pd.DataFrame(rows), case.study.path.parent / f"sheet{suffix}")
    plan = plan_codings_import(sheet, case, mapped(case, "documents: {Warda: v1-warda}"))
    (row,) = plan.rows[plan.rows["outcome"] == "new"].to_dict("records")
    assert (row["document"], row["code"], row["start"], row["end"]) == ("v1-warda", "RES.NEG", 0, len(words))


@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_a_project_to_code_in_comes_back_with_what_was_coded(case, lang):
    project, codebook = write_coding_project(case, case.study.path.parent, lang=lang)
    assert codebook.is_file()
    begun = read_project(project)
    assert begun.codings.empty
    text = begun.documents.set_index("document")["text"]["v1-warda"]
    words = text.split("\n")[0]
    code = next(code.id for code in begun.codebook if code.id.rsplit("/")[-1].startswith("RES.NEG"))
    coded = {
        "document": ["v1-warda"],
        "start": [0],
        "end": [len(words)],
        "code": [code],
        "coder": ["maud"],
        "memo": [""],
    }
    file = write_qdpx(CodedProject(begun.documents, begun.codebook, pd.DataFrame(coded)), project)
    plan = plan_codings_import(file, case)
    (row,) = plan.rows[plan.rows["outcome"] == "new"].to_dict("records")
    assert (row["document"], row["code"], row["start"], row["end"]) == ("v1-warda", "RES.NEG", 0, len(words))
