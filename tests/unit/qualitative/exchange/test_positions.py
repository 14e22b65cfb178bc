import unicodedata

import pytest

from vises_methods.errors import ExchangeError
from vises_methods.qualitative.exchange.positions import (
    BOM,
    Basis,
    SelectedText,
    Selection,
    boundaries,
    read_positions,
)

TEXT = "Été 😀 à Liège.\nDeux 🤔 mots, puis trois.\nNiets, één ding 👍 en klaar.\n"
WORDS = ["Liège", "Deux", "mots, puis", "trois", "één ding", "klaar"]
CODE_POINTS = Basis()


def read(raw, selections, expected, *, normalise=True):
    """Return the reading of a project of one source."""
    (reading,) = read_positions([SelectedText(raw, selections, "x")], expected, normalise=normalise)
    return reading


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
    reading = read(raw, written(basis, quotes), CODE_POINTS)
    assert reading.spans == spans(TEXT)
    assert reading.text == TEXT
    assert reading.basis == basis


def test_positions_after_an_emoji_counted_in_utf16_are_not_miscut():
    """NVivo counts UTF-16 units; read as code points, what follows an emoji is cut one place too far."""
    reading = read(TEXT, written(Basis("UTF-16 units"), quotes=False), CODE_POINTS)
    assert [reading.text[start:end] for start, end in reading.spans] == WORDS


def test_a_byte_order_mark_is_no_text():
    assert read(BOM + TEXT, written(CODE_POINTS), CODE_POINTS).text == TEXT


def test_quotes_of_a_tool_that_misread_its_own_positions_do_not_win():
    shifted = BOM + TEXT
    wrong = [Selection(start, end, shifted[start:end]) for start, end in spans(TEXT)]
    reading = read(shifted, wrong, CODE_POINTS)
    assert reading.spans == spans(TEXT)
    assert reading.quotes_match == 0


def test_decomposed_accents_are_composed_and_positions_follow():
    apart = unicodedata.normalize("NFD", TEXT)
    selections = [
        Selection(apart.index(w), apart.index(w) + len(w))
        for w in (unicodedata.normalize("NFD", word) for word in WORDS)
    ]
    assert read(apart, selections, CODE_POINTS).spans == spans(TEXT)
    kept = read(apart, selections, CODE_POINTS, normalise=False)
    assert kept.text == apart
    assert kept.spans == [(s.start, s.end) for s in selections]


def test_a_shortened_quote_matches_what_it_begins():
    text = "Une phrase assez longue pour être abrégée."
    reading = read(text, [Selection(4, 41, "phrase assez lon…")], CODE_POINTS)
    assert reading.quotes_match == 1


def test_the_formats_own_basis_is_taken_where_all_fit():
    assert read("plain text", [Selection(0, 5)], Basis("UTF-8 bytes")).basis == Basis("UTF-8 bytes")
    assert read("plain text", [], Basis("UTF-8 bytes")).score == 1


def test_positions_past_the_end_are_refused():
    with pytest.raises(ExchangeError) as caught:
        read("short", [Selection(0, 99)], CODE_POINTS)
    assert "99" in caught.value.message("fr")


def test_positions_that_fit_nothing_are_refused():
    words = "alphabet " * 40
    random = [Selection(9 * i + 2 + i % 3, 9 * i + 6 + i % 2) for i in range(30)]
    with pytest.raises(ExchangeError) as caught:
        read(words, random, CODE_POINTS)
    assert caught.value.problem.code.endswith("positions_unclear")


def project(doubtful, count):
    """Read a source of one selection beside one whose many selections count UTF-16 units."""
    telling = SelectedText(TEXT, written(Basis("UTF-16 units"), quotes=False) * count, "telling")
    return read_positions([doubtful, telling], CODE_POINTS)


def test_a_source_that_fits_two_bases_is_read_as_the_rest_of_its_project():
    """Alone, 3 to 4 is the comma of ``a,b`` in code points and a letter in UTF-16 units: both stand free."""
    doubtful = SelectedText("😀 a,b,c", [Selection(3, 4)], "doubtful")
    alone = read(doubtful.raw, doubtful.selections, CODE_POINTS)
    assert (alone.spans, alone.by_project) == ([(3, 4)], False)
    told, other = project(doubtful, 2)
    assert (told.spans, told.basis.unit, told.by_project) == ([(2, 3)], "UTF-16 units", True)
    assert (other.spans, other.by_project) == (spans(TEXT) * 2, False)


def test_a_source_that_fits_badly_refuses_no_project_that_is_clear():
    """One half of a word alone is refused; among many clean selections it is a half word, and told."""
    doubtful = SelectedText("😀 alphabets", [Selection(5, 8)], "doubtful")
    with pytest.raises(ExchangeError):
        read(doubtful.raw, doubtful.selections, CODE_POINTS)
    with pytest.raises(ExchangeError):
        project(doubtful, 1)
    told, _ = project(doubtful, 2)
    assert (told.spans, told.by_project) == ([(4, 7)], True)


def test_what_lies_outside_or_runs_backwards_is_told_with_its_coder():
    for selection, code in ((Selection(2, 99, coder="anna"), "outside"), (Selection(4, 2, coder="anna"), "reversed")):
        with pytest.raises(ExchangeError) as caught:
            read("short", [Selection(0, 5), selection], CODE_POINTS)
        assert caught.value.problem.code == f"qualitative.errors.positions_{code}"
        for lang in ("fr", "nl", "en"):
            words = caught.value.message(lang)
            assert all(part in words for part in ("anna", str(selection.start), str(selection.end)))


def test_few_positions_without_a_quote_in_a_file_made_by_hand_are_never_moved():
    start = TEXT.index("mots")
    with_space = [Selection(start, start + len("mots, "))]
    assert read(TEXT, with_space, CODE_POINTS).spans != [(start, start + 6)]  # a tool's own positions may be moved
    with pytest.raises(ExchangeError) as told:
        read_positions([SelectedText(TEXT, with_space, "x")], CODE_POINTS, own=True)
    assert told.value.problem.code == "qualitative.errors.positions_unclear"
    as_it_is = [Selection(start, start + len("mots"))]
    (reading,) = read_positions([SelectedText(TEXT, as_it_is, "x")], CODE_POINTS, own=True)
    assert (reading.spans, reading.basis) == ([(start, start + 4)], CODE_POINTS)
    quoted = [Selection(start, start + len("mots, "), "mots, ")]
    (reading,) = read_positions([SelectedText(TEXT, quoted, "x")], CODE_POINTS, own=True)
    assert reading.spans == [(start, start + 6)]
