"""No small count of people whose words may not be quoted stands in anything that approach 1 publishes of the demo.

Counted again here from the tables themselves, and by changing what was said in the texts that are set aside: what is
published must stay the same, to the last character.
"""

import ast
import inspect
import json
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import vises_methods.qualitative as room
from vises_methods import synthesis
from vises_methods.catalogue import text
from vises_methods.language import words
from vises_methods.language.tables import in_words
from vises_methods.plots import code_by_case as cells_figure
from vises_methods.qualitative import (
    Codebook,
    Confidentiality,
    agreement_by_code,
    code_by_case,
    coder_continuum,
    cooccurrence,
    negative_evidence,
    saturation,
)
from vises_methods.results import Result
from vises_methods.study import Enterprise, items, open_enterprise, open_study

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "03_qualitative_coding.ipynb"
STUDY = open_study("demo")
ENTERPRISES = [card.id for card in STUDY.enterprises]
MINIMUM, LEVEL, FEW = STUDY.privacy.minimum_cell, 2, 5


def closed(case: Enterprise) -> dict[str, set[str]]:
    """Return the documents that may not be quoted with the persons who speak, read from the tables of the study."""
    agreed = case.consent[case.consent["withdrawn_on"].isna()]
    willing = {row["person"] for row in agreed.to_dict("records") if "quotes" in items(row["purposes"])}
    return {
        row["document"]: set(items(row["persons"])) or {row["document"]}
        for row in case.documents.to_dict("records")
        if row["access"] not in STUDY.privacy.quotes or not set(items(row["persons"])) <= willing
    }


def set_aside(case: Enterprise) -> set[str]:
    """Return the closed documents of groups whose closed documents hold fewer persons than the minimum."""
    groups = dict(zip(case.documents["document"], case.documents["stakeholder_group"], strict=True))
    hidden = closed(case)
    persons = {
        group: set().union(*(who for name, who in hidden.items() if groups[name] == group))
        for group in {groups[name] for name in hidden}
    }
    return {name for name in hidden if len(persons[groups[name]]) < MINIMUM}


def published(case: Enterprise, codings: pd.DataFrame, adjudications: pd.DataFrame) -> dict[str, Result]:
    """Return what notebook 03 publishes, made from these codings."""
    small, book, texts = synthesis.confidentiality(case), Codebook.from_yaml(case.codebook), case.documents
    coding = synthesis.final_coding(codings, texts, adjudications)
    return {
        "agreement": agreement_by_code(
            codings, texts, codebook=book, level=LEVEL, resamples=FEW, confidentiality=small
        ),
        "continuum": coder_continuum(codings, texts, codebook=book, level=LEVEL, confidentiality=small),
        "patterns": code_by_case(
            coding, texts, by="stakeholder_group", codebook=book, level=LEVEL, confidentiality=small
        ),
        "negative_evidence": negative_evidence(coding, texts, codebook=book, level=LEVEL, confidentiality=small),
        "cooccurrence": cooccurrence(book.rolled_up(coding, LEVEL), confidentiality=small),
        "saturation": saturation(coding, texts, codebook=book, orders=FEW, confidentiality=small),
    }


@cache
def results(enterprise: str) -> dict[str, Result]:
    case = open_enterprise(STUDY, enterprise)
    return published(case, case.codings, case.adjudications)


def without_inputs(found: dict[str, Result]) -> dict[str, dict]:
    return {
        name: {key: part for key, part in result.to_json().items() if key != "inputs"} for name, result in found.items()
    }


def named(groups: set[str], lang: str) -> list[str]:
    return [in_words(group, lang) for group in sorted(groups)]


def test_the_demo_puts_the_rule_to_the_test():
    aside = {name: set_aside(open_enterprise(STUDY, name)) for name in ENTERPRISES}
    assert sum(map(bool, aside.values())) >= 5
    withheld = [name for name in ENTERPRISES if results(name)["patterns"].estimates["reason"].notna().any()]
    assert withheld == ["brin-de-houille", "kilowatt-coquelicot"]


@pytest.mark.parametrize("enterprise", ENTERPRISES)
def test_every_count_that_is_shown_is_of_enough_persons_or_may_be_quoted(enterprise):
    case = open_enterprise(STUDY, enterprise)
    hidden, aside = closed(case), set_aside(case)
    book = Codebook.from_yaml(case.codebook)
    coding = synthesis.final_coding(case.codings, case.documents, case.adjudications)
    rolled = book.rolled_up(coding, LEVEL).merge(case.documents[["document", "stakeholder_group"]], on="document")
    shown = results(enterprise)["patterns"].estimates.dropna(subset=["estimate"])
    for row in shown.to_dict("records"):
        found = rolled[(rolled["code"] == row["code"]) & (rolled["stakeholder_group"] == row["group"])]
        counted = found[~found["document"].isin(list(aside))]
        assert row["segments"] == len(counted)
        persons = set().union(*(hidden.get(name, set()) for name in set(counted["document"])))
        assert not 0 < len(persons) < MINIMUM, row["subject"]


@pytest.mark.parametrize("enterprise", ENTERPRISES)
def test_no_place_in_a_text_of_too_few_persons_is_published(enterprise):
    few = [name for name, persons in closed(open_enterprise(STUDY, enterprise)).items() if len(persons) < MINIMUM]
    told = json.dumps(without_inputs(results(enterprise)))
    assert not [name for name in few if f"{name}:" in told]


@pytest.mark.parametrize("enterprise", ENTERPRISES)
def test_nothing_published_depends_on_what_was_said_in_a_text_that_is_set_aside(enterprise):
    case = open_enterprise(STUDY, enterprise)
    aside = list(set_aside(case))
    if not aside:
        assert not synthesis.confidentiality(case).set_aside
        return
    book = Codebook.from_yaml(case.codebook)
    kept = case.codings[~case.codings["document"].isin(aside)]
    every = [code.id for code in book if code.codable]
    coders = sorted(set(case.codings["coder"]))
    invented = pd.DataFrame(
        [(name, coder, code, 0, 5, "negative") for name in aside for coder in coders for code in every],
        columns=["document", "coder", "code", "start", "end", "valence"],
    )
    settled = case.adjudications[~case.adjudications["document"].isin(aside)]
    talkative = published(case, pd.concat([kept, invented], ignore_index=True), settled)
    assert without_inputs(results(enterprise)) == without_inputs(talkative)


@pytest.mark.parametrize("enterprise", ENTERPRISES)
@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_a_group_that_is_withheld_is_named_as_withheld_and_never_as_silent(enterprise, lang):
    patterns = results(enterprise)["patterns"]
    shut = set(patterns.estimates.loc[patterns.estimates["reason"] == "qualitative.reasons.small_group", "group"])
    assert not shut & set(patterns.details["silence"]["group"])
    if patterns.not_estimable is None:
        told = words.code_by_case(patterns, lang)
        assert (told[0] == text("words.patterns.closed_groups", lang, groups=named(shut, lang))) == bool(shut)
        axes = cells_figure.plot(patterns, lang=lang)
        assert bool(axes.get_xlabel()) == bool(shut)


def test_every_call_of_notebook_03_that_counts_people_is_given_the_rule():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    calls = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    able = {
        name
        for name in room.__all__
        if inspect.isfunction(getattr(room, name))
        and "confidentiality" in inspect.signature(getattr(room, name)).parameters
    }
    made = [call for call in calls if call.func.id in able]
    assert len(made) == 6
    for call in made:
        assert "confidentiality" in {keyword.arg for keyword in call.keywords}, call.func.id


def test_a_study_for_the_eyes_of_its_researchers_alone_may_show_everything():
    case = open_enterprise(STUDY, "kilowatt-coquelicot")
    assert not Confidentiality.of(case.documents, minimum=1, persons="persons", by="stakeholder_group").set_aside
