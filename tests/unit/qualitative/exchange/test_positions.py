import unicodedata

import pytest

from vises_methods.errors import ExchangeError
from vises_methods.qualitative.exchange.positions import BOM, Basis, Selection, boundaries, read_positions

TEXT = "Été 😀 à Liège.\nDeux 🤔 mots, puis trois.\nNiets, één ding 👍 en klaar.\n"
WORDS = ["Liège", "Deux", "mots, puis", "trois", "één ding", "klaar"]
CODE_POINTS = Basis()


def spans(text):
    return [(text.index(word), text.index(word) + len(word)) for word in WORDS]


def written(basis, quotes=True):
    """Return the selections of WORDS as a tool that counts so writes them."""
    marks = boundaries(TEXT, basis)
    return [
        Selection(int(marks[start]), int(marks[end]), TEXT[start:end] if quotes else None) for start, end in spans(TEXT)
    ]


@pytest.mark.parametrize("quotes", [True, False])
@pytest.mark.parametrize("unit", ["code points", "UTF-16 units", "UTF-8 bytes"])
@pytest.mark.parametrize("break_width", [1, 2])
@pytest.mark.parametrize("mark_counted", [False, True])
def test_every_basis_is_found_with_and_without_quotes(unit, break_width, mark_counted, quotes):
    basis = Basis(unit, break_width, mark_counted)
    raw = (BOM if mark_counted else "") + (TEXT.replace("\n", "\r\n") if break_width == 2 else TEXT)
    reading = read_positions(raw, written(basis, quotes), CODE_POINTS, "x")
    assert reading.spans == spans(TEXT)
    assert reading.text == TEXT
    assert reading.basis == basis


def test_positions_after_an_emoji_counted_in_utf16_are_not_miscut():
    """NVivo counts UTF-16 units; read as code points, what follows an emoji is cut one place too far."""
    reading = read_positions(TEXT, written(Basis("UTF-16 units"), quotes=False), CODE_POINTS, "x")
    assert [reading.text[start:end] for start, end in reading.spans] == WORDS


def test_a_byte_order_mark_is_no_text():
    assert read_positions(BOM + TEXT, written(CODE_POINTS), CODE_POINTS, "x").text == TEXT


def test_quotes_of_a_tool_that_misread_its_own_positions_do_not_win():
    shifted = BOM + TEXT
    wrong = [Selection(start, end, shifted[start:end]) for start, end in spans(TEXT)]
    reading = read_positions(shifted, wrong, CODE_POINTS, "x")
    assert reading.spans == spans(TEXT)
    assert reading.quotes_match == 0


def test_decomposed_accents_are_composed_and_positions_follow():
    apart = unicodedata.normalize("NFD", TEXT)
    selections = [
        Selection(apart.index(w), apart.index(w) + len(w))
        for w in (unicodedata.normalize("NFD", word) for word in WORDS)
    ]
    assert read_positions(apart, selections, CODE_POINTS, "x").spans == spans(TEXT)
    kept = read_positions(apart, selections, CODE_POINTS, "x", normalise=False)
    assert kept.text == apart
    assert kept.spans == [(s.start, s.end) for s in selections]


def test_a_shortened_quote_matches_what_it_begins():
    text = "Une phrase assez longue pour être abrégée."
    reading = read_positions(text, [Selection(4, 41, "phrase assez lon…")], CODE_POINTS, "x")
    assert reading.quotes_match == 1


def test_the_formats_own_basis_is_taken_where_all_fit():
    assert read_positions("plain text", [Selection(0, 5)], Basis("UTF-8 bytes"), "x").basis == Basis("UTF-8 bytes")
    assert read_positions("plain text", [], Basis("UTF-8 bytes"), "x").score == 1


def test_positions_past_the_end_are_refused():
    with pytest.raises(ExchangeError) as caught:
        read_positions("short", [Selection(0, 99)], CODE_POINTS, "x")
    assert "99" in caught.value.message("fr")


def test_positions_that_fit_nothing_are_refused():
    words = "alphabet " * 40
    random = [Selection(9 * i + 2 + i % 3, 9 * i + 6 + i % 2) for i in range(30)]
    with pytest.raises(ExchangeError) as caught:
        read_positions(words, random, CODE_POINTS, "x")
    assert caught.value.problem.code.endswith("positions_unclear")
