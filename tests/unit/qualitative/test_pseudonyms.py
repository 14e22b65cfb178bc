import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.errors import InputError
from vises_methods.qualitative import find_identifiers, pseudonymise, reidentify

TEXTS = pd.DataFrame(
    {
        "document": ["d", "e"],
        "text": ["Anna belt Bert op 0470 12 34 56. ANNA lacht.", "Bert 😀 woont in Geel."],
        "language": ["nl", "nl"],
    }
)
LISTS = {"person": ["Anna", "Bert"], "place": ["Geel"]}
MARKS = pd.DataFrame(
    [("d", "a", "X", 0, 14), ("d", "a", "Y", 2, 12), ("d", "b", "X", 33, 44), ("e", "a", "Z", 7, 12)],
    columns=["document", "coder", "code", "start", "end"],
)


def quotes(documents, codings):
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    return [texts[row.document][row.start : row.end] for row in codings.itertuples()]


def test_the_same_person_has_the_same_pseudonym_everywhere():
    result = pseudonymise(TEXTS, MARKS, lists=LISTS)
    assert result.documents["text"].tolist() == ["[P1] belt [P2] op [T1]. [P1] lacht.", "[P2] 😀 woont in [L1]."]
    assert result.documents["language"].tolist() == ["nl", "nl"]


def test_codings_stay_on_their_passage_and_widen_to_whole_pseudonyms():
    result = pseudonymise(TEXTS, MARKS, lists=LISTS)
    assert quotes(result.documents, result.codings) == ["[P1] belt [P2]", "[P1] belt [P2]", "[P1] lacht.", "woont"]


def test_quotes_are_cut_anew():
    result = pseudonymise(TEXTS, MARKS.assign(quote=quotes(TEXTS, MARKS)), lists=LISTS)
    assert "Anna" not in " ".join(result.codings["quote"])


def test_memos_are_treated_with_the_same_pseudonyms():
    memos = ["vgl. anna, 0499 88 77 66", None, "", "niets"]
    result = pseudonymise(TEXTS, MARKS.assign(memo=memos), lists=LISTS)
    assert result.codings["memo"].iloc[0] == "vgl. [P1], [T2]"
    assert result.codings["memo"].tolist()[2:] == ["", "niets"]


def test_the_key_undoes_it_to_the_letter():
    documents, codings = reidentify(pseudonymise(TEXTS, MARKS, lists=LISTS))
    assert documents["text"].tolist() == TEXTS["text"].tolist()
    assert quotes(documents, codings) == ["Anna belt Bert", "Anna belt Bert", "ANNA lacht.", "woont"]


def test_a_key_that_does_not_fit_is_refused():
    result = pseudonymise(TEXTS, lists=LISTS)
    result.key.loc[0, "start"] += 1
    with pytest.raises(InputError):
        reidentify(result)


def test_an_earlier_key_keeps_persons_their_pseudonyms():
    first = pseudonymise(TEXTS[TEXTS["document"] == "e"], lists=LISTS)
    second = pseudonymise(TEXTS, lists=LISTS, key=first.key)
    assert second.documents["text"].tolist()[1] == first.documents["text"].tolist()[0]
    assert second.documents["text"].iloc[0].startswith("[P2] belt [P1]")


def test_what_the_reviewer_refused_stays_and_what_was_added_goes():
    found = find_identifiers(TEXTS, lists=LISTS)
    found.loc[found["found"] == "Geel", "accept"] = False
    added = pd.DataFrame({"document": ["e"], "start": [7], "end": [12], "kind": ["organisation"], "accept": [True]})
    result = pseudonymise(TEXTS, found=pd.concat([found, added]))
    assert result.documents["text"].iloc[1] == "[P2] 😀 [O1] in Geel."


def test_a_pseudonym_that_stands_in_the_text_is_not_used():
    texts = pd.DataFrame({"document": ["d"], "text": ["[P1] zag Anna."]})
    assert pseudonymise(texts, lists=LISTS).documents["text"].tolist() == ["[P1] zag [P2]."]


def test_finds_that_overlap_are_an_error():
    found = pd.DataFrame({"document": "d", "start": [0, 2], "end": [4, 9], "kind": "person"})
    with pytest.raises(InputError):
        pseudonymise(TEXTS, found=found)
    with pytest.raises(InputError):
        pseudonymise(TEXTS, found=found.assign(kind="pet", end=[2, 9]))


words = st.lists(
    st.sampled_from(["Anna", "Bert", "ziet", "0470 12 34 56", "Geel,", "😀", "é"]), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None)
@given(words, st.data())
def test_nothing_but_names_changes_and_everything_comes_back(parts, data):
    text = " ".join(parts)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    texts = pd.DataFrame({"document": ["d"], "text": [text]})
    marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [start], "end": [end]})
    result = pseudonymise(texts, marks, lists=LISTS)
    assert "Anna" not in result.documents["text"].iloc[0]
    documents, codings = reidentify(result)
    assert documents["text"].tolist() == [text]
    assert codings["start"].iloc[0] <= start
    assert codings["end"].iloc[0] >= end
