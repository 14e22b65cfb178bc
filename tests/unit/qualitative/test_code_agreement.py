import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import Code, Codebook, agreement, agreement_by_code, units

BOOK = Codebook("demo", "1", (Code("A", codable=False), Code("A.X", parent="A"), Code("A.Y", parent="A"), Code("B")))
TEXTS = pd.DataFrame(
    {
        "document": ["d", "e", "f"],
        "text": ["Un. Deux. Trois. Quatre.", "Een. Twee. Drie.", "Alone."],
        "coders": ["ana;ben", "ana;ben", "ana"],
        "language": ["fr", "nl", "nl"],
    }
)
MARKS = pd.DataFrame(
    [
        ("d", "ana", "A.X", 0, 3),
        ("d", "ben", "A.X", 0, 3),
        ("d", "ana", "A.X", 4, 9),
        ("d", "ben", "A.Y", 4, 9),
        ("e", "ben", "A.X", 5, 10),
        ("e", "ana", "A.X", 5, 10),
        ("f", "ana", "A.Y", 0, 6),
    ],
    columns=["document", "coder", "code", "start", "end"],
)


def by_subject(result):
    return result.estimates.set_index(["subject", "group"])


def test_each_code_is_a_yes_or_no_rating_of_every_unit():
    rows = by_subject(agreement_by_code(MARKS, TEXTS, resamples=50))
    whole = agreement(units(MARKS, TEXTS, by="sentence", codes="A.X"))
    assert rows.loc[("A.X", ""), "estimate"] == pytest.approx(whole.value)
    assert rows.loc[("A.X", ""), "n"] == 7
    assert rows.loc[("A.X", ""), "coverage"] == pytest.approx(7 / 8)


def test_prevalence_bias_and_positive_agreement_by_hand():
    row = by_subject(agreement_by_code(MARKS, TEXTS, resamples=50)).loc[("A.X", "")]
    assert row["prevalence"] == pytest.approx((3 / 7 + 2 / 7) / 2)
    assert row["bias"] == pytest.approx(1 / 7)
    assert row["positive_agreement"] == pytest.approx(4 / 5)


def test_uncoded_text_raises_percent_agreement_and_leaves_positive_agreement_as_it_is():
    """Long uncoded stretches flatter percentages; what the coders marked is judged beside them."""
    longer = TEXTS.assign(text=TEXTS["text"] + " Rien." * 60)
    short, long = (
        by_subject(agreement_by_code(MARKS, texts, coefficient="percent", resamples=20)).loc[("A.X", "")]
        for texts in (TEXTS, longer)
    )
    assert long["estimate"] > short["estimate"]
    assert long["positive_agreement"] == short["positive_agreement"]
    assert long["prevalence"] < short["prevalence"] / 5


def test_a_roll_up_counts_the_family():
    rows = by_subject(agreement_by_code(MARKS, TEXTS, codebook=BOOK, level=1, resamples=50))
    assert rows.loc[("A", ""), "estimate"] == pytest.approx(1)


def test_a_code_of_the_book_that_nobody_used_has_a_reason():
    rows = by_subject(agreement_by_code(MARKS, TEXTS, codebook=BOOK, resamples=50))
    assert rows.loc[("B", ""), "reason"] == "qualitative.reasons.code_not_used"
    assert "A" not in rows.index.get_level_values("subject")


def test_groups_have_rows_of_their_own():
    rows = by_subject(agreement_by_code(MARKS, TEXTS, group="language", resamples=50))
    assert rows.loc[("A.X", "nl"), "estimate"] == pytest.approx(1)
    assert rows.loc[("A.X", "fr"), "estimate"] < 1
    assert rows.loc[("A.X", "fr"), "n"] == 4


def test_evidence_lists_who_gave_the_code_and_who_did_not():
    evidence = agreement_by_code(MARKS, TEXTS, resamples=50).details["evidence"]
    assert evidence.to_numpy().tolist() == [["A.X", "d:4-9", "ana", "ben"], ["A.Y", "d:4-9", "ben", "ana"]]


def test_one_coder_everywhere_has_a_reason():
    result = agreement_by_code(MARKS[MARKS["coder"] == "ana"], TEXTS.assign(coders="ana"))
    assert result.not_estimable.code == "qualitative.reasons.one_coder"


def test_no_codings_at_all():
    assert agreement_by_code(MARKS.iloc[:0], TEXTS).not_estimable.code == "qualitative.reasons.no_codings"


def test_codes_outside_the_book_are_all_named():
    with pytest.raises(InputError) as caught:
        agreement_by_code(MARKS.assign(code="Z"), TEXTS, codebook=BOOK)
    assert "Z" in caught.value.message("nl")


def test_unknown_readers_are_noticed():
    codes = [notice.code for notice in agreement_by_code(MARKS, TEXTS.drop(columns="coders"), resamples=50).notices]
    assert "qualitative.notices.readers_unknown" in codes
