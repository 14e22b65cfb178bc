"""What changed in the codebook, and what must be coded again, as a page shows it."""

import pandas as pd
import pytest

from vises_methods import synthesis
from vises_methods.language.codebook import codebook_changes_html, codebook_difference_html
from vises_methods.results import Result
from vises_methods.study import open_enterprise

COLUMNS = ["document", "coder", "code", "start", "end", "to_review"]
RESULT = Result(method="m", reference="r", estimates=pd.DataFrame({"estimate": [1.0]}))


@pytest.mark.parametrize(("lang", "words"), [("fr", "VAL.TEN ; VAL.SEN"), ("nl", "gesplitst"), ("en", "renamed")])
def test_operations_and_what_they_leave_to_do(lang, words):
    case = open_enterprise("demo", "fietsparaplu")
    shown = codebook_changes_html(case.codebook_changes, case.to_recode, lang=lang, result=RESULT)
    assert shown.count("<table>") == 2
    row = case.to_recode.iloc[0]
    assert f"{row['document']}:{row['start']}-{row['end']}" in shown
    assert words in shown


def test_a_codebook_that_stayed_as_it_was_and_one_that_leaves_nothing_to_do():
    case = open_enterprise("demo", "vire-lune")
    assert "table" not in codebook_changes_html(None, case.to_recode, lang="fr", result=RESULT)
    changes = open_enterprise("demo", "fietsparaplu").codebook_changes
    assert codebook_changes_html(changes, case.to_recode, lang="fr", result=RESULT).count("<table>") == 1


def test_a_removed_code_leaves_every_other_to_choose():
    rows = pd.DataFrame([("d", None, "X", 0, 4, "removed")], columns=COLUMNS)
    changes = {"versions": [{"from": "1", "to": "2", "operations": [{"kind": "remove", "before": ["X"], "after": []}]}]}
    shown = codebook_changes_html(changes, rows, lang="en", result=RESULT)
    assert "any other code, or none" in shown
    assert "settled together" in shown


@pytest.mark.parametrize(("lang", "words"), [("fr", "Convivialité"), ("nl", "hernoemd: 1"), ("en", "How one is")])
def test_what_differs_from_an_earlier_codebook_is_told_in_the_readers_language(lang, words):
    shown = codebook_difference_html(synthesis.codebook_difference(open_enterprise("demo", "fietsparaplu")), lang=lang)
    assert words in shown
    assert shown.count("<table>") == 1
    assert "{" not in shown


def test_without_an_earlier_codebook_nothing_is_shown():
    difference = synthesis.codebook_difference(open_enterprise("demo", "vire-lune"))
    assert difference.not_estimable.code == "synthesis.reasons.no_earlier_codebook"
    assert codebook_difference_html(difference, lang="fr") == ""
