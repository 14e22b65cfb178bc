"""What a notebook shows in words: boxes, readings, remarks, portrait, and the prose of its cells in a language."""

import nbformat
import pandas as pd
import pytest

from vises_methods.batch.localisation import localise
from vises_methods.catalogue import LANGUAGES, text_as_written
from vises_methods.language import show_decisions, show_headings, show_questions, show_reading, tell, verdicts, words
from vises_methods.language.portrait import identity_html
from vises_methods.language.remarks import sentence, unit_in_words
from vises_methods.results import NotEstimable, Notice, Remark, Result


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    """Collect what would be displayed, as HTML or Markdown text."""
    found: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda thing, **_: found.append(thing.data))
    return found


def result(**parts) -> Result:
    return Result(
        "m", "", parts.pop("estimates", pd.DataFrame({"measure": [], "subject": [], "estimate": []})), **parts
    )


def test_what_cannot_be_computed_is_said_without_alarm_and_no_sentence_is_asked_for(shown):
    def never(*_):
        raise AssertionError("words are asked of a result that has none")

    tell(never, result(not_estimable=NotEstimable("synthesis.reasons.no_theory")), lang="en")
    assert len(shown) == 1
    assert shown[0].startswith("<div class='absent'><p><strong>No result here.</strong> ")


def test_sentences_come_first_and_remarks_after_in_italics(shown):
    notice = Notice("synthesis.notices.left_out", {"count": 1200})
    tell(lambda *_: ["One.", "Two."], result(notices=(notice,)), lang="en")
    assert shown == ["One.\n\nTwo.\n\n*1,200 items were left out because a consent was withdrawn.*"]


def test_the_worst_verdict_comes_first_and_says_what_it_is_without_its_colour(shown):
    checks = pd.DataFrame(
        [("texts", "fit", 5.0, 4.0), ("voices", "stop", 0.0, 2.0), ("double_coded", "read", 0.1, 0.3)],
        columns=["check", "verdict", "value", "bound"],
    )
    verdicts(result(details={"checks": checks}), lang="en")
    order = [shown[0].index(f"<strong>{sign}</strong>") for sign in ("Stop.", "Read this.", "Fit.")]
    assert order == sorted(order)


def test_a_reading_is_kept_and_where_there_is_none_there_is_an_invitation(shown):
    show_reading({"portrait": "Mon *avis* 🧵"}, "portrait", lang="fr")
    show_reading({"portrait": "Mon avis"}, "elsewhere", lang="fr")
    show_reading({"portrait": "  \n"}, "portrait", lang="fr")
    assert "Mon *avis* 🧵" in shown[0]
    assert "Mon avis" not in shown[1]
    assert shown[1] == shown[2]


def test_codes_and_units_in_a_remark_are_named():
    named = result().labelled({"A": {"fr": "Emploi"}, "age": {"fr": "Âge"}})
    remark = Remark("synthesis.notices.never_heard", {"groups": ["A", "age[young]", "B"]})
    assert "Emploi, Âge (young), B" in sentence(remark, named, "nl")


@pytest.mark.parametrize(
    ("unit", "short", "expected"),
    [
        ("percentage_points", False, "percentage points"),
        ("percentage_points", True, "pp"),
        ("lentils", True, "lentils"),
        ("", False, ""),
        (None, False, ""),
        (float("nan"), True, ""),
    ],
)
def test_a_unit_is_written_as_after_a_number(unit, short, expected):
    assert unit_in_words(unit, "en", short=short) == expected


def profile(**changed) -> dict:
    return {
        "name": "L'Abeille <& Cie>",
        "group": "G1",
        "region": "brussels",
        "legal_form": "asbl",
        "scheme": None,
        "country": "BE",
        "sector": None,
        "founded": None,
        "fte": None,
        "people_reached": 0,
        "languages": ["fr", "nl"],
        "territory": {"communes": []},
        "portrait": {},
        **changed,
    }


def test_what_a_profile_does_not_say_is_left_out_and_a_zero_is_said():
    markup = identity_html(profile(), "en")
    assert "L&#x27;Abeille &lt;&amp; Cie&gt;" in markup
    assert "Founded" not in markup
    assert "Communes" not in markup
    assert "<th scope='row'>People reached in a year</th><td>0</td>" in markup


def test_a_legal_form_that_nobody_translated_is_shown_as_it_is():
    assert "<td>gemeinnützige GmbH</td>" in identity_html(profile(legal_form="gemeinnützige GmbH"), "nl")


def test_a_heading_in_one_language_is_shown_to_all_and_an_empty_one_says_so(shown):
    show_headings(profile(portrait={"needs": {"nl": "Werk 🧵"}, "missions": {"fr": ""}}), lang="fr")
    assert "Werk 🧵" in shown[0]
    assert shown[0].count("### ") == 7
    assert shown[0].count("*Pas encore rédigé.*") == 6


@pytest.mark.parametrize("questions", [None, {"questions": []}])
def test_no_question_yet_is_said(shown, questions):
    show_questions(questions, lang="en")
    assert shown == ["*No evaluative question has been chosen yet.*"]


def test_a_question_shows_what_would_count_against_it(shown):
    question = {"text": {"fr": "Et si ?"}, "type": "effect", "counts_against": {"fr": "Rien ne bouge."}, "reason": None}
    show_questions({"questions": [question]}, lang="nl")
    assert "### Et si ?" in shown[0]
    assert "Rien ne bouge." in shown[0]


def test_decisions_stand_in_the_order_of_their_days_and_a_missing_reason_is_empty(shown):
    columns = ["date", "decided", "reason"]
    show_decisions(
        pd.DataFrame([("2025-02-01", "Later", None), ("2024-01-31", "First", "Because")], columns=columns), lang="en"
    )
    assert shown[0].index("31/01/2024: First *Because*") < shown[0].index("01/02/2025: Later")
    assert "nan" not in shown[0]
    assert "None" not in shown[0]
    show_decisions(pd.DataFrame(columns=columns), lang="en")
    assert shown[1] == "*No decision has been noted yet.*"


def test_the_prose_of_a_notebook_changes_language_and_its_code_and_own_cells_stay():
    cells = [
        nbformat.v4.new_markdown_cell("## Limits", id="limits"),
        nbformat.v4.new_markdown_cell("My own {note}", id="my-note"),
        nbformat.v4.new_code_cell("limits = 1", id="fit"),
    ]
    changed = localise(nbformat.v4.new_notebook(cells=cells), "01_portrait", "fr")
    assert changed.cells[0].source == text_as_written("notebooks.01_portrait.limits", "fr") != "## Limits"
    assert [cell.source for cell in changed.cells[1:]] == ["My own {note}", "limits = 1"]


def test_a_notebook_of_a_researcher_that_nobody_translated_stays_as_it_is():
    cells = [nbformat.v4.new_markdown_cell("# Mine", id="title")]
    assert localise(nbformat.v4.new_notebook(cells=cells), "55_mine", "nl").cells[0].source == "# Mine"


def agreement(*values: float | None) -> Result:
    rows = [
        ("alpha", f"C{n}", value, None if value is not None else "qualitative.reasons.no_variation", 4)
        for n, value in enumerate(values)
    ]
    return result(estimates=pd.DataFrame(rows, columns=["measure", "subject", "estimate", "reason", "documents"]))


def test_agreement_is_sorted_at_its_bounds():
    """0.80 is good, 0.667 tentative, 0.666 poor, and what cannot be judged is not counted."""
    said = words.agreement(agreement(0.8, 0.667, 0.666, None), "en")
    assert said[0] == (
        "Of the 3 codes that can be compared over 4 texts, 1 reach 0.80, 1 lie between 0.667 and 0.80, and 1 lie below."
    )
    assert "C2" in said[1]
    assert "C3" not in said[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_to_compare_is_one_sentence(lang):
    assert len(words.agreement(agreement(None), lang)) == 1


def heard(*rows: tuple) -> Result:
    estimates = pd.DataFrame(rows, columns=["code", "group", "segments"]).assign(
        measure="segments", subject="s", estimate=1.0
    )
    silent = estimates.loc[estimates["segments"] == 0, ["code", "group"]]
    return result(estimates=estimates, details={"silence": silent})


def test_silence_is_told_where_all_other_groups_speak():
    rows = heard(
        ("X", "staff", 2), ("X", "users", 1), ("X", "board", 0), ("Y", "staff", 1), ("Y", "users", 0), ("Y", "board", 0)
    )
    said = words.silence(rows, "en")
    assert len(said) == 1
    assert said[0].startswith("board members: silent on what nearly all others speak of – X.")
    assert words.silence(heard(("X", "staff", 2)), "en") == ["No group is silent on what nearly all others speak of."]


def negative(*rows: tuple) -> Result:
    return result(
        estimates=pd.DataFrame(rows, columns=["subject", "estimate", "n", "reason"]).assign(measure="negative")
    )


def test_negative_evidence_is_always_told_also_when_there_is_none():
    told = words.negative_evidence(negative(("X", 2.0, 5, None), ("Y", 3.0, 3, None), ("Z", None, 0, "r")), "en")
    assert told == ["5 of the 8 segments with a valence tell of something bad or mixed: Y (3); X (2)."]
    assert "None of the 5 segments" in words.negative_evidence(negative(("X", 0.0, 5, None)), "en")[0]


def test_missing_values_are_told_by_reason_for_the_latest_year():
    estimates = pd.DataFrame({"measure": "coverage", "subject": ["2023", "2024"], "estimate": [1.0, 0.5], "n": [2, 4]})
    columns = ["reported", "not_applicable", "not_collected", "suppressed", "refused"]
    reasons = pd.DataFrame([[2, 0, 0, 0, 0], [2, 1, 0, 0, 2]], index=["2023", "2024"], columns=columns)
    said = words.missing_values(result(estimates=estimates, details={"reasons": reasons}), "en")
    assert said == [
        "In 2024, 2 of the 4 indicators that apply have a value.",
        "Of the others: 2 refused, 1 not applicable.",
    ]
