"""Spans keep their letters when a text comes back with other blanks."""

from hypothesis import given
from hypothesis import strategies as st

from vises_methods.qualitative.exchange.transfer import carried_spans, first_difference


@given(st.lists(st.text("aé😀b", min_size=1, max_size=4), min_size=1, max_size=8), st.data())
def test_a_span_keeps_its_letters_whatever_the_blanks(words, data):
    blanks = st.text(" \n\t\u00a0\u202f", min_size=1, max_size=3)
    source = "".join(word + data.draw(blanks) for word in words)
    target = data.draw(blanks) + "".join(word + data.draw(blanks) for word in words)
    start = data.draw(st.integers(0, len(source) - 1))
    end = data.draw(st.integers(start + 1, len(source)))
    (span,) = carried_spans([(start, end)], source, target)
    letters = "".join(source[start:end].split())
    if span is None:
        assert not letters
    else:
        carried = target[span[0] : span[1]]
        assert "".join(carried.split()) == letters
        assert carried == carried.strip()


def test_the_same_text_keeps_a_span_that_begins_with_a_blank():
    assert carried_spans([(3, 7)], "One two", "One two") == [(3, 7)]


def test_other_words_carry_nothing_and_say_from_where_they_differ():
    assert carried_spans([(0, 3)], "One two three", "One too") is None
    assert first_difference("One two three", "One  too") == ("wo three", "oo")
    assert first_difference("One", "One two") == ("", "two")
