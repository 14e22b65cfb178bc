"""Tables for readers: named columns, local numbers, nothing that a cell could do to the page."""

import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.language.tables import MOST_ROWS, in_words, table_html
from vises_methods.results import Result

CODES = Result("m", "", pd.DataFrame({"measure": [], "subject": [], "estimate": []})).labelled(
    {"A1": {"nl": "Werk & 🧵"}}
)


def html(frame: pd.DataFrame, lang: str = "en", **options) -> str:
    return table_html(frame, lang=lang, caption="inputs", **options)


def test_an_empty_frame_is_a_sentence_and_no_table():
    assert html(pd.DataFrame({"a": []})) == "<p class='muted'>There is nothing to show in this table yet.</p>"


def test_one_row_has_a_head_and_a_row_head():
    assert html(pd.DataFrame({"indicator": ["naai 🧵"], "value": [1234.5]}), "nl").endswith(
        "<thead><tr><th scope='col'>Indicator</th><th scope='col' class='number'>Waarde</th></tr></thead>"
        "<tbody><tr><th scope='row'>naai 🧵</th><td class='number'>1.234,5</td></tr></tbody></table>"
    )


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_what_is_missing_is_a_dash_and_never_nan(missing):
    assert "<td>–</td>" in html(pd.DataFrame({"a": ["x"], "b": pd.Series([missing], dtype=object)}))


def test_the_dash_in_a_column_of_numbers_stands_below_them():
    markup = html(pd.DataFrame({"a": ["x", "y"], "n": [0.5, float("nan")]}))
    assert "<td class='number'>–</td>" in markup


def test_a_column_without_any_value_is_a_column_of_dashes():
    markup = html(pd.DataFrame({"a": ["x", "y"], "b": [None, None]}))
    assert markup.count("<td>–</td>") == 2


def test_markup_and_emoji_in_cells_heads_and_labels_are_only_text():
    frame = pd.DataFrame({"<b>": ["<script>alert(1)</script> 🧵", "A1"]})
    markup = html(frame, result=CODES)
    assert "<script>" not in markup
    assert "<b>" not in markup
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🧵" in markup
    assert "Werk &amp; 🧵" in markup


def test_only_the_columns_asked_for_and_one_that_is_not_there_is_passed_over():
    markup = html(pd.DataFrame({"a": [1], "b": [2]}), columns={"b": "value", "gone": "state"})
    assert markup.count("<th scope='col'") == 1
    assert "Value" in markup


def test_numbers_are_written_as_asked_and_as_the_language_does():
    frame = pd.DataFrame({"a": ["x"], "share": [0.256]})
    shown = {lang: html(frame, lang, formats={"share": ".1%"}) for lang in LANGUAGES}
    assert "25,6\u00a0%" in shown["fr"]
    assert "25.6" in shown["en"]


def test_a_long_table_says_how_much_is_not_shown():
    markup = html(pd.DataFrame({"a": range(MOST_ROWS + 3)}))
    assert markup.count("<tr>") == MOST_ROWS + 1
    assert "3 further rows" in markup
    assert "further" not in html(pd.DataFrame({"a": range(MOST_ROWS)}))


@pytest.mark.parametrize(
    ("value", "lang", "expected"),
    [
        (True, "fr", "oui"),
        (False, "nl", "nee"),
        ("A1", "fr", "Werk & 🧵"),
        ("not_collected", "en", "not collected"),
        ("some_code|other_code", "en", "some code, other code"),
        ("synthesis.reasons.not_asked", "en", "not asked"),
    ],
)
def test_a_code_becomes_words(value, lang, expected):
    assert in_words(value, lang, CODES) == expected
