"""Small counts of people whose words may not be quoted: withheld in the result itself, in no table, place or total."""

import json

import pandas as pd
import pytest

from vises_methods.language import words
from vises_methods.plots import code_by_case as figure
from vises_methods.qualitative import (
    Confidentiality,
    agreement_by_code,
    code_by_case,
    coder_continuum,
    cooccurrence,
    framework_matrix,
    negative_evidence,
    saturation,
)

TEXTS = pd.DataFrame(
    [
        ("w1", "workers", "p1"),
        ("w2", "workers", "p2"),
        ("w3", "workers", "p3"),
        ("open", "workers", "p4"),
        ("s1", "staff", "p5"),
        ("c1", "customers", "p6;p7;p8"),
        ("c2", "customers", "p9"),
    ],
    columns=["document", "group", "persons"],
).assign(text="One two three four five six.", coders="ana;ben")
"""Only ``open`` may be quoted: three workers hide one another, the one of the staff is hidden by no one."""


def mark(document: str, code: str, start: int = 0, valence: str = "positive") -> tuple:
    return document, "ana", code, start, start + 3, valence


MARKS = pd.DataFrame(
    [
        *(mark(document, "ALL") for document in ("w1", "w2", "w3", "open")),
        mark("w1", "ONE"),
        mark("open", "ONE"),
        mark("open", "OPEN", valence="negative"),
        mark("s1", "STAFF"),
        mark("s1", "ALL"),
        mark("c1", "ALL"),
        mark("c1", "THREE"),
        mark("w1", "HARM", valence="negative"),
        mark("w2", "HARM"),
        mark("w3", "HARM"),
    ],
    columns=["document", "coder", "code", "start", "end", "valence"],
)
SMALL = Confidentiality.of(TEXTS, minimum=3, quotable=["open"], persons="persons", by="group")
CELLS = code_by_case(MARKS, TEXTS, by="group", confidentiality=SMALL)


def cell(code: str, group: str) -> pd.Series:
    return CELLS.estimates.set_index(["code", "group"]).loc[(code, group)]


def withheld(row: pd.Series) -> bool:
    return bool(row[["estimate", "segments", "documents", "share"]].isna().all())


def everything(confidentiality: Confidentiality, marks: pd.DataFrame = MARKS) -> list:
    return [
        code_by_case(marks, TEXTS, by="group", confidentiality=confidentiality),
        negative_evidence(marks, TEXTS, confidentiality=confidentiality),
        cooccurrence(marks, confidentiality=confidentiality),
        saturation(marks, TEXTS, orders=5, confidentiality=confidentiality),
        framework_matrix(marks, TEXTS, confidentiality=confidentiality),
        agreement_by_code(marks, TEXTS, resamples=5, confidentiality=confidentiality),
        coder_continuum(marks, TEXTS, confidentiality=confidentiality),
    ]


def test_a_text_that_its_group_cannot_hide_is_set_aside():
    assert SMALL.set_aside == {"s1"}
    assert "STAFF" not in set(CELLS.estimates["code"])
    assert withheld(cell("ALL", "staff"))
    assert cell("ONE", "staff")["reason"] == "qualitative.reasons.small_group"


def test_persons_are_counted_and_not_texts():
    assert cell("THREE", "customers")["segments"] == 1


def test_a_cell_of_too_few_persons_is_withheld_though_a_passage_of_it_may_be_quoted():
    assert withheld(cell("ONE", "workers"))
    assert cell("ONE", "workers")["reason"] == "qualitative.reasons.small_cell"


def test_what_may_be_quoted_is_shown_though_it_is_one_persons():
    assert cell("OPEN", "workers")["segments"] == 1
    assert "open:0-3" in set(CELLS.details["evidence"]["reference"])


def test_a_cell_of_enough_persons_is_shown_and_so_is_silence():
    assert cell("ALL", "workers")["segments"] == 4
    assert cell("THREE", "workers")["estimate"] == 0


def test_a_withheld_cell_is_no_silence():
    silence = CELLS.details["silence"].set_index(["code", "group"]).index
    assert ("ONE", "workers") not in silence
    assert not {group for _, group in silence} & {"staff"}
    assert ("THREE", "workers") in silence


def test_no_total_gives_a_withheld_cell_back():
    against = negative_evidence(MARKS, TEXTS, confidentiality=SMALL).estimates.set_index("subject")
    shown = CELLS.estimates.groupby("code")["segments"].sum()
    assert against.loc["ONE", "n"] == 0
    assert (against["n"] == shown.reindex(against.index)).all()


def test_negative_passages_of_too_few_are_withheld_with_their_places():
    result = negative_evidence(MARKS, TEXTS, confidentiality=SMALL)
    harm = result.estimates.set_index("subject").loc["HARM"]
    assert pd.isna(harm["estimate"])
    assert harm["reason"] == "qualitative.reasons.small_cell"
    assert result.details["evidence"]["reference"].tolist() == ["open:0-3"]


def test_pairs_that_too_few_brought_together_are_withheld():
    marks = pd.concat(
        [MARKS, pd.DataFrame([mark("w3", "X"), mark("w1", "X", 9), mark("w2", "X", 9)], columns=MARKS.columns)]
    )
    pairs = cooccurrence(marks, confidentiality=SMALL).estimates.set_index(["first", "second"])
    assert pairs.loc[("ALL", "HARM"), "documents"] == 3
    assert pairs.loc[("ALL", "X"), ["estimate", "documents", "share_first", "jaccard"]].isna().all()
    assert pairs.loc[("ALL", "X"), "reason"] == "qualitative.reasons.small_cell"


def test_a_row_of_the_framework_matrix_is_withheld_whole():
    rows = framework_matrix(MARKS, TEXTS, confidentiality=SMALL).estimates.set_index(["case", "theme"])
    assert rows.loc["w1", ["estimate", "negative", "coverage"]].isna().all(axis=None)
    assert rows.loc[("c1", "THREE"), "estimate"] == 1
    assert rows.loc[("open", "OPEN"), "negative"] == 1


def test_no_place_of_a_text_of_too_few_is_told_anywhere():
    told = json.dumps([result.to_json()["details"] for result in everything(SMALL)])
    assert "open:0-3" in told
    assert "c1:0-3" in told
    assert not [place for place in ("w1:", "w2:", "w3:", "s1:", "c2:") if place in told]


def test_the_continuum_of_such_a_text_is_refused_even_by_name():
    assert coder_continuum(MARKS, TEXTS, document="w1", confidentiality=SMALL).not_estimable.code.endswith("small_cell")
    assert coder_continuum(MARKS, TEXTS, confidentiality=SMALL).details["document"]["document"].tolist() == ["open"]


@pytest.mark.parametrize("codes", [[], ["ALL"], ["ONE", "THREE", "NEW"]])
def test_nothing_that_is_told_depends_on_a_text_that_is_set_aside(codes):
    other = pd.DataFrame([mark("s1", code, valence="negative") for code in codes], columns=MARKS.columns)
    marks = pd.concat([MARKS[MARKS["document"] != "s1"], other], ignore_index=True)
    pairs = zip(everything(SMALL), everything(SMALL, marks), strict=True)
    for one, two in pairs:
        first, second = (
            {key: value for key, value in result.to_json().items() if key != "inputs"} for result in (one, two)
        )
        assert first == second


def test_with_a_minimum_of_one_everything_is_shown():
    every = Confidentiality.of(TEXTS, minimum=1, persons="persons", by="group")
    for guarded, plain in zip(everything(every), everything(Confidentiality()), strict=True):
        pd.testing.assert_frame_equal(guarded.estimates, plain.estimates)


@pytest.mark.parametrize(("lang", "said"), [("fr", "masquée"), ("nl", "afgeschermd"), ("en", "withheld")])
def test_sentences_and_figure_say_withheld_and_reveal_nothing(lang, said):
    told = " ".join([*words.code_by_case(CELLS, lang), *words.silence(CELLS, lang)])
    assert said in told
    assert "STAFF" not in told
    assert all("ONE" not in sentence for sentence in words.code_by_case(CELLS, lang))
    assert figure.alt_text(CELLS, lang).count("staff") <= 1
    axes = figure.plot(CELLS, lang=lang)
    assert len(axes.patches) == int(CELLS.estimates["estimate"].isna().sum())
    assert said[:6] in axes.get_xlabel()
