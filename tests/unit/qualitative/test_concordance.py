import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import keyword_in_context

TEXTS = pd.DataFrame({"document": ["d", "e"], "text": ["Het werk. Werkt het werk?", "L'emploi 😀 (emploi)  du temps"]})


def places(frame):
    return frame["reference"].tolist()


def test_whole_words_in_any_case():
    found = keyword_in_context(TEXTS, "Werk", width=4)
    assert places(found) == ["d:4-8", "d:20-24"]
    assert found[["left", "keyword", "right"]].iloc[1].tolist() == ["het ", "werk", "?"]


def test_parts_of_words_and_exact_case():
    assert places(keyword_in_context(TEXTS, "werk", whole_word=False)) == ["d:4-8", "d:10-14", "d:20-24"]
    assert places(keyword_in_context(TEXTS, "Werk", whole_word=False, ignore_case=False)) == ["d:10-14"]


def test_positions_are_code_points_and_a_phrase_may_break_anywhere():
    assert places(keyword_in_context(TEXTS, "emploi")) == ["e:2-8", "e:12-18"]
    assert places(keyword_in_context(TEXTS.assign(text="a du\n temps"), "du temps")) == ["d:2-11", "e:2-11"]


def test_a_word_is_taken_as_it_stands_unless_it_is_an_expression():
    assert keyword_in_context(TEXTS, "w.rk").empty
    assert len(keyword_in_context(TEXTS, r"w.rk\b", regex=True)) == 2


@pytest.mark.parametrize(("keyword", "regex"), [(" ", False), ("(", True)])
def test_a_keyword_that_cannot_be_searched_is_an_error(keyword, regex):
    with pytest.raises(InputError):
        keyword_in_context(TEXTS, keyword, regex=regex)
