"""Quotes stand where the coder put them, and only where consent allows: the rest is counted."""

import pandas as pd
import pytest

from vises_methods.language.quotes import LONGEST, quotes_html
from vises_methods.results import Result

TEXT = "Zoë 🧵👩‍🔧 zei: <b>nooit</b> & dan toch."
SECRET = "Dit mag niemand lezen."


def documents(**texts: str) -> pd.DataFrame:
    rows = [
        {"document": name, "text": words, "language": "nl+fr", "title": f"Gesprek {name}"}
        for name, words in texts.items()
    ]
    return pd.DataFrame(rows, columns=["document", "text", "language", "title"])


def result(*evidence: tuple[str, str]) -> Result:
    frame = pd.DataFrame(evidence, columns=["code", "reference"])
    found = Result("m", "", pd.DataFrame({"measure": [], "subject": [], "estimate": []}), details={"evidence": frame})
    return found.labelled({"X": {"fr": "Honte"}})


def place(words: str, within: str = TEXT, name: str = "d") -> str:
    start = within.index(words)
    return f"{name}:{start}-{start + len(words)}"


def html(found: Result, texts: pd.DataFrame, allowed=("d",), **options) -> str:
    return quotes_html(found, texts, lang="fr", allowed=allowed, **options)


def test_positions_are_code_points_also_after_an_emoji():
    markup = html(result(("X", place("zei: <b>nooit</b>"))), documents(d=TEXT))
    assert "<blockquote lang='nl'><p>zei: &lt;b&gt;nooit&lt;/b&gt;</p></blockquote>" in markup
    assert "Honte" in markup
    assert "Gesprek d" in markup


def test_what_may_not_be_quoted_is_counted_and_no_word_of_it_is_shown():
    markup = html(result(("X", "e:0-7"), ("X", "e:8-12")), documents(d=TEXT, e=SECRET))
    assert "blockquote" not in markup
    assert "2 passages" in markup
    assert not any(word in markup for word in SECRET.split())


def test_withheld_and_allowed_stand_side_by_side():
    markup = html(result(("X", place("dan toch")), ("X", "e:0-7")), documents(d=TEXT, e=SECRET))
    assert markup.count("<blockquote") == 1
    assert "dan toch" in markup
    assert "niemand" not in markup


def test_nothing_allowed_at_all():
    assert "blockquote" not in html(result(("X", place("dan"))), documents(d=TEXT), allowed=())


def test_without_evidence_it_is_said():
    markup = html(result(), documents())
    assert markup.startswith("<p class='muted'>")
    assert "passage" in markup.lower()


def test_the_same_words_under_two_codes_are_quoted_once():
    markup = html(result(("X", place("dan toch")), ("Y", place("dan toch"))), documents(d=TEXT))
    assert markup.count("<blockquote") == 1


def test_one_voice_does_not_fill_the_page():
    """Five long passages of one text and a short one of another, four places: the short one has a place."""
    long, other = "a" * 500, "Een ander woord."
    found = result(*[("X", f"d:{start}-{start + 90}") for start in range(0, 450, 90)], ("X", "e:0-15"))
    markup = html(found, documents(d=long, e=other), allowed=("d", "e"), most=4)
    assert markup.count("<blockquote") == 4
    assert "Een ander woord" in markup


def test_a_long_passage_ends_at_a_word():
    words = "woord " * 200
    markup = html(result(("X", f"d:0-{len(words)}")), documents(d=words))
    shown = markup.split("<p>")[1].split("</p>")[0]
    assert shown.endswith("woord […]")
    assert len(shown) <= LONGEST + 4


def test_a_name_of_a_document_may_hold_a_colon():
    markup = html(result(("X", "wave:1:0-3")), documents(**{"wave:1": "Ja! Nee."}), allowed=("wave:1",))
    assert "<p>Ja!</p>" in markup


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_than_asked_for(most):
    found = result(*[("X", f"d:{start}-{start + 2}") for start in range(0, 20, 2)])
    assert html(found, documents(d=TEXT), most=most).count("<blockquote") == most
