"""The coding that counts is the settled one where there is one, else a stated rule: never simply the first coder's."""

import pandas as pd
import pytest

from vises_methods.synthesis import final_coding

MARK = ["document", "coder", "code", "start", "end", "valence", "strength"]
SETTLED = ["document", "code", "start", "end", "decision", "valence", "strength"]


def texts(**adjudicated: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": list(adjudicated),
            "text": "One 🧵 two. Three.",
            "coders": "ana;ben;cas",
            "adjudicated": list(adjudicated.values()),
        }
    )


def marks(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame([(*row, None, None) for row in rows], columns=MARK)


def settled(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame([(*row, None, None) for row in rows], columns=SETTLED)


def spans(frame: pd.DataFrame) -> list[tuple]:
    return sorted(frame[["document", "code", "start", "end"]].itertuples(index=False, name=None))


BOTH = marks(("d", "ana", "X", 0, 5), ("d", "ben", "X", 0, 5), ("d", "cas", "Y", 6, 9))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("any", [("d", "X", 0, 5), ("d", "Y", 6, 9)]), ("majority", [("d", "X", 0, 5)]), ("all", [])],
)
def test_the_rule_decides_where_nothing_was_settled(rule, expected):
    assert spans(final_coding(BOTH, texts(d=False), settled(), rule=rule)) == expected


def test_what_was_dropped_does_not_count_and_what_was_added_does():
    decided = settled(("d", "X", 0, 5, "dropped"), ("d", "Z", 10, 16, "added"))
    result = final_coding(BOTH, texts(d=True), decided, rule="any")
    assert spans(result) == [("d", "Z", 10, 16)]
    assert set(result["coder"]) == {"adjudicated"}


def test_a_document_settled_to_nothing_is_empty_and_does_not_fall_back_on_the_rule():
    assert spans(final_coding(BOTH, texts(d=True), settled(("d", "X", 0, 5, "dropped")), rule="any")) == []


def test_each_document_keeps_its_own_way():
    coding = pd.concat([BOTH, BOTH.assign(document="e")], ignore_index=True)
    result = final_coding(coding, texts(d=True, e=False), settled(("d", "Z", 10, 16, "kept")))
    assert spans(result) == [("d", "Z", 10, 16), ("e", "X", 0, 5)]


def test_the_settled_coding_can_be_left_aside_by_a_methodology():
    result = final_coding(BOTH, texts(d=True), settled(("d", "Z", 10, 16, "kept")), adjudicated_first=False)
    assert spans(result) == [("d", "X", 0, 5)]


def test_no_text_and_no_coding_is_an_empty_frame_with_its_columns():
    none = texts().astype({"adjudicated": bool})
    result = final_coding(marks(), none, settled())
    assert len(result) == 0
    assert {"document", "code", "start", "end", "valence"} <= set(result.columns)
