import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import Code, Codebook, Confidentiality, code_by_case, negative_evidence

BOOK = Codebook("demo", "1", (Code("A", codable=False), Code("A.X", parent="A"), Code("A.Y", parent="A"), Code("B")))
TEXTS = pd.DataFrame(
    {
        "document": ["d1", "d2", "d3", "d4"],
        "text": ["abcdefgh"] * 4,
        "stakeholder_group": ["staff", "staff", "users", "users"],
        "person": ["p1", "p1", "p2", "p3"],
    }
)
MARKS = pd.DataFrame(
    [
        ("d1", "a", "A.X", 0, 2, "positive"),
        ("d1", "a", "A.X", 3, 4, "negative"),
        ("d2", "a", "A.X", 0, 2, None),
        ("d3", "a", "A.Y", 0, 2, "mixed"),
        ("d4", "a", "A.X", 0, 2, "positive"),
    ],
    columns=["document", "coder", "code", "start", "end", "valence"],
)


def cells(result):
    return result.estimates.set_index(["code", "group"])


def test_documents_and_segments_by_group():
    table = cells(code_by_case(MARKS, TEXTS, by="stakeholder_group"))
    assert table.loc[("A.X", "staff"), ["estimate", "segments", "documents", "n", "share"]].tolist() == [2, 3, 2, 2, 1]
    assert table.loc[("A.Y", "staff"), "estimate"] == 0


def test_persons_are_counted_once_whatever_their_documents():
    table = cells(code_by_case(MARKS, TEXTS, by="stakeholder_group", case="person"))
    assert table.loc[("A.X", "staff"), ["estimate", "documents", "n"]].tolist() == [1, 2, 1]


def test_silence_is_listed():
    silence = code_by_case(MARKS, TEXTS, by="stakeholder_group", codebook=BOOK).details["silence"]
    assert silence[["code", "group"]].to_numpy().tolist() == [["A.Y", "staff"], ["B", "staff"], ["B", "users"]]


def test_by_document_and_rolled_up():
    table = cells(code_by_case(MARKS, TEXTS, codebook=BOOK, level=1))
    assert table.loc[("A", "d3"), "estimate"] == 1
    assert table.loc[("A", "d1"), "segments"] == 2


def test_small_cells_are_withheld_with_their_evidence():
    result = code_by_case(
        MARKS,
        TEXTS,
        by="stakeholder_group",
        confidentiality=Confidentiality.of(TEXTS, minimum=2, by="stakeholder_group"),
    )
    table = cells(result)
    assert table.loc[("A.Y", "users"), "reason"] == "qualitative.reasons.small_cell"
    assert pd.isna(table.loc[("A.Y", "users"), "segments"])
    assert table.loc[("A.Y", "staff"), "estimate"] == 0
    assert set(result.details["evidence"]["code"]) <= {"A.X"}


def test_a_group_that_is_too_small_shows_nothing_not_even_its_silence():
    result = code_by_case(
        MARKS, TEXTS, by="person", case="person", confidentiality=Confidentiality.of(TEXTS, minimum=2, persons="person")
    )
    assert result.estimates["estimate"].isna().all()
    assert result.details["silence"].empty
    assert result.details["evidence"].empty


def test_evidence_leads_to_every_segment():
    evidence = code_by_case(MARKS, TEXTS).details["evidence"]
    assert len(evidence) == len(MARKS)
    assert "d1:3-4" in set(evidence["reference"])


def test_an_unknown_column_or_threshold_is_an_error():
    with pytest.raises(InputError):
        code_by_case(MARKS, TEXTS, by="region")
    with pytest.raises(InputError):
        Confidentiality.of(TEXTS, minimum=-1)


def test_negative_evidence_lists_every_segment_that_speaks_against():
    result = negative_evidence(MARKS, TEXTS, codebook=BOOK)
    rows = result.estimates.set_index("subject")
    assert rows.loc["A.X", ["estimate", "n", "coverage"]].tolist() == [1, 3, 0.75]
    assert rows.loc["B", "reason"] == "qualitative.reasons.code_not_used"
    assert result.details["evidence"]["reference"].tolist() == ["d1:3-4", "d3:0-2"]


def test_a_code_without_any_valence_has_a_reason_and_no_zero():
    unknown = MARKS.assign(valence=None)
    assert set(negative_evidence(unknown, TEXTS).estimates["reason"]) == {"qualitative.reasons.valence_unknown"}
    with pytest.raises(InputError):
        negative_evidence(MARKS.drop(columns="valence"), TEXTS)
