"""An enterprise gives typed frames, takes out who withdrew, and says which files it read."""

import hashlib
from pathlib import Path

import pytest

from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.study import check_study, open_enterprise, open_study, quotable
from vises_methods.study.withdrawal import MASK


def test_the_fixture_itself_is_sound(spoken: Path):
    assert check_study(spoken) == []


def test_what_is_absent_is_an_empty_frame_with_columns_and_types(study: Path):
    (study / "enterprises" / "atelier" / "codings.csv").unlink()
    (study / "enterprises" / "atelier" / "questions.yml").unlink()
    case = open_enterprise(study, "atelier")
    assert list(case.codings.columns)[:3] == ["coding", "document", "coder"]
    assert case.codings["start"].dtype == "int64"
    assert len(case.codings) == 0
    assert list(case.documents.columns)[-1] == "text"
    assert case.questions is None


def test_types_are_those_of_the_definition(spoken: Path):
    case = open_enterprise(spoken, "atelier")
    documents, survey = case.documents, case.survey
    assert documents["adjudicated"].dtype == "bool"
    assert documents["date"].dt.year.tolist() == [2024, 2024]
    assert survey["conf1"].dtype == "float64"
    assert survey["wave"].dtype == "int64"


def test_a_frame_that_was_changed_is_not_remembered(spoken: Path):
    case = open_enterprise(spoken, "atelier")
    frame = case.survey
    frame["conf1"] = 0.0
    case.profile["name"] = "other"
    assert case.survey["conf1"].tolist() == [4.0]
    assert case.profile["name"] == "atelier"


def test_a_person_who_withdrew_is_nowhere(spoken: Path):
    case = open_enterprise(spoken, "atelier")
    assert case.documents["document"].tolist() == ["t-one", "t-two"]
    assert case.documents["persons"].tolist() == ["p1", "p1"]
    text = case.documents["text"][1]
    assert "Non, et" not in text
    assert text.count(MASK) == len("P2 : Non, et l'été ?")
    assert case.codings["coding"].tolist() == ["c0001", "c0002"]
    assert case.survey["respondent"].tolist() == ["r001"]


def test_the_text_of_who_withdrew_may_be_deleted(spoken: Path):
    (spoken / "enterprises" / "atelier" / "texts" / "t-three.txt").unlink()
    assert check_study(spoken) == []
    assert open_enterprise(spoken, "atelier").documents["document"].tolist() == ["t-one", "t-two"]


def test_positions_still_hold_in_a_text_with_blanked_turns(spoken: Path):
    case = open_enterprise(spoken, "atelier")
    texts = dict(zip(case.documents["document"], case.documents["text"], strict=True))
    for row in case.codings.to_dict("records"):
        quote = texts[row["document"]][row["start"] : row["end"]]
        assert hashlib.sha256(quote.encode()).hexdigest()[:12] == row["quote_sha"]


def test_what_was_left_out_is_told(spoken: Path):
    left = open_enterprise(spoken, "atelier").left_out
    assert list(left.itertuples(index=False, name=None)) == [
        ("p2", "codings", 2),
        ("p2", "turns", 1),
        ("p3", "codings", 1),
        ("p3", "documents", 1),
        ("r002", "survey", 1),
    ]


def test_inputs_are_exactly_the_files_read(spoken: Path):
    case = open_enterprise(spoken, "atelier")
    case.stakeholders.empty  # noqa: B018
    assert case.codebook.name == "vises-default.yml"
    files = case.inputs().details["files"]
    folder = "enterprises/atelier"
    assert files["file"].tolist() == ["@codebook", "@study", f"{folder}/profile.yml", f"{folder}/stakeholders.csv"]
    content = (spoken / folder / "stakeholders.csv").read_bytes()
    assert files["sha256"].iloc[-1] == hashlib.sha256(content).hexdigest()


def test_inputs_name_the_texts_and_what_decides_on_them(spoken: Path):
    case = open_enterprise(spoken, "atelier")
    assert len(case.codings) == 2
    names = set(case.inputs().details["files"]["file"])
    assert {f"enterprises/atelier/{name}" for name in ("consent.csv", "documents.csv", "texts/t-two.txt")} <= names


def test_only_consented_and_open_texts_may_be_quoted(spoken: Path):
    assert quotable(open_enterprise(spoken, "atelier")) == {"t-one", "t-two"}
    path = spoken / "enterprises" / "atelier" / "consent.csv"
    path.write_text(path.read_text().replace("p1,P1,v1,2024-01-02,analysis;quotes", "p1,P1,v1,2024-01-02,analysis"))
    assert quotable(open_enterprise(spoken, "atelier")) == frozenset()


def test_readings_are_told_by_section(study: Path):
    folder = study / "enterprises" / "atelier" / "readings"
    (folder / "01_portrait.md").write_text("# Lecture\n\n## portrait\n\nBref.\n\n## questions\n\n", encoding="utf-8")
    case = open_enterprise(study, "atelier")
    assert case.readings("01_portrait") == {"portrait": "Bref."}
    assert case.readings("06_synthesis") == {}


def test_a_table_with_problems_is_refused_with_all_of_them(study: Path, put):
    put("decisions.csv", "decision,date,step,question,decided,decided_by,reason\nd1,12/03/2024,9,,Oui,st-a,\n")
    with pytest.raises(InvalidStudyError) as caught:
        _ = open_enterprise(study, "atelier").decisions
    assert {problem.column for problem in caught.value.problems} == {"date", "step"}


def test_a_text_that_changed_since_it_was_coded_is_refused(spoken: Path, put):
    put("texts/t-one.txt", "Autre chose.\n")
    with pytest.raises(InvalidStudyError, match="fingerprint"):
        _ = open_enterprise(spoken, "atelier").documents


def test_an_unknown_enterprise_is_answered_with_the_nearest(study: Path):
    with pytest.raises(InputError, match="atelier"):
        open_enterprise(open_study(study), "atelie")


def test_the_name_of_a_category_that_there_is_not_is_refused(spoken: Path, put):
    covariate = "{id: age, label: {fr: Âge}, kind: categorical, categories: [under 30, 30+], category_labels: "
    put(
        "survey_items.yml", f"items: []\noutcomes: []\ncovariates: [{covariate}{{over 30: {{fr: plus de 30 ans}}}}}}]\n"
    )
    assert "over 30" in {problem.values.get("value") for problem in check_study(spoken)}
    put("survey_items.yml", f"items: []\noutcomes: []\ncovariates: [{covariate}{{30+: {{fr: plus de 30 ans}}}}}}]\n")
    assert "30+" not in {problem.values.get("value") for problem in check_study(spoken)}
