"""What the figures are drawn from: the results of two enterprises of the demonstration, a rich and an awkward one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

from vises_methods import synthesis
from vises_methods.indicators import Cells
from vises_methods.methodology import IndicatorChoices, UncertaintyChoices, load_methodology
from vises_methods.outcomes import detect_design
from vises_methods.qualitative import (
    Codebook,
    agreement_by_code,
    code_by_case,
    coder_continuum,
    cooccurrence,
    negative_evidence,
    saturation,
)
from vises_methods.results import Result
from vises_methods.study import Enterprise, EnterpriseCard, open_enterprise

ENTERPRISES = ("vire-lune", "marmite-zinneke")
FEW = 50
FEWER = UncertaintyChoices(draws=100)
"""Resamples and orders: enough for a figure to have its intervals."""


def portrait_results(case: Enterprise) -> dict[str, Result]:
    return {
        "stakeholder_map": synthesis.stakeholder_map(case.stakeholders, case.documents),
        "theory_of_change": synthesis.theory_of_change(case.theory_of_change),
    }


def qualitative_results(case: Enterprise) -> dict[str, Result]:
    book = Codebook.from_yaml(case.codebook)
    coding = synthesis.final_coding(case.codings, case.documents, case.adjudications)
    agreement = agreement_by_code(case.codings, case.documents, codebook=book, level=2, resamples=FEW)
    found = {
        "agreement": agreement,
        "code_tree": agreement,
        "coder_continuum": coder_continuum(case.codings, case.documents, codebook=book, level=2),
        "code_by_case": code_by_case(coding, case.documents, by="stakeholder_group", codebook=book, level=2),
        "cooccurrence": cooccurrence(book.rolled_up(coding, 2)),
        "saturation": saturation(coding, case.documents, codebook=book, orders=FEW),
    }
    return {name: result.labelled(book.labels()) for name, result in found.items()}


def indicator_results(case: Enterprise) -> dict[str, Result]:
    tree = synthesis.enterprise_tree(case)
    years = synthesis.cells_by_year(case, tree)
    year = synthesis.latest_year(years)
    choices = synthesis.ScoringChoices(
        targets=synthesis.own_targets(case, year=year or 0), baseline=synthesis.own_baseline(case, years)
    )
    headings = synthesis.heading_scores(synthesis.indicator_scores(years.get(year), tree, choices), tree, choices)
    whole = synthesis.whole_by_weights(headings, tree, synthesis.own_weights(case), use="stakeholders")
    return {
        "missing_values": synthesis.missing_values(case.indicators).labelled(tree.labels()),
        "indicator_profile": synthesis.profile_on_scales(case.id, years, tree, choices, year=year),
        "heading_scores": headings,
        "tree_coverage": headings,
        "score_uncertainty": synthesis.score_uncertainty(years.get(year), tree, choices, FEWER),
        "scores_over_years": synthesis.scores_over_years(years, tree, choices),
        "weights_by_group": whole.labelled(synthesis.weight_labels(case)),
    }


def outcome_results(case: Enterprise) -> dict[str, Result]:
    items = case.survey_items
    frame = synthesis.outcome_frame(case.survey, items)
    left, alike = synthesis.who_left(frame, items), synthesis.likeness(frame, items)
    plan = synthesis.plan_of(items)
    design = detect_design(frame if len(frame) else None, case.series if len(case.series) else None, plan)
    compared = synthesis.compare_outcomes(frame, items, design, balance=alike, attrition=left)
    return {
        "attrition": left,
        "balance": alike.labelled(synthesis.outcome_labels(items)),
        "outcomes": compared,
        "before_after": compared,
        "paired_slopes": compared,
        "series_course": synthesis.compare_series(case.series, plan),
        "specification_curve": synthesis.all_ways(frame, items, permutations=19),
    }


def synthesis_results(case: Enterprise, found: dict[str, Result]) -> dict[str, Result]:
    """Return the results over the approaches, over all enterprises and over two methodologies.

    What other notebooks published is not read from a run but put together from ``found``: the enterprise stands for a
    group of three, and the second methodology is the first with other numbers.
    """
    coding = synthesis.final_coding(case.codings, case.documents, case.adjudications)
    book = Codebook.from_yaml(case.codebook)
    negative = negative_evidence(coding, case.documents, codebook=book, level=2)
    evidence = synthesis.evidence_by_question(
        case.questions,
        coding={"negative_evidence": negative},
        indicators={"profile": found["indicator_profile"]},
        outcomes={"outcomes": found["outcomes"]},
        directions=synthesis.wanted_directions(case.survey_items),
    )
    estimates = published_estimates(case, found, evidence)
    cards = [card for card in case.study.enterprises if card.group == case.card.group]
    tree = synthesis.enterprise_tree(case)
    portfolio = {
        "collected": synthesis.collected_by_enterprise(cards, estimates),
        "codes_by_group": synthesis.codes_by_group(estimates).labelled(book.labels()),
        "dimensions_by_group": synthesis.dimensions_by_group(estimates, dimensions=tree.roots).labelled(tree.labels()),
        "claims_by_group": synthesis.claims_by_group(estimates),
        "forest": synthesis.pooled_outcomes(estimates).labelled(synthesis.enterprise_names(case.study.enterprises)),
    }
    other = estimates.assign(estimate=estimates["estimate"] * 0.7)
    audited = dict.fromkeys(AUDITED, framework_audit(case))
    return {
        "evidence": evidence,
        **audited,
        **portfolio,
        "methodology_shift": synthesis.compare_methodologies(estimates, other),
    }


AUDITED = ("framework_audit", "cell_states", "sibling_correlations", "weights_exerted")


def framework_audit(case: Enterprise) -> Result:
    """Examine the dimensions on the enterprise beside six others that score otherwise."""
    tree = synthesis.enterprise_tree(case)
    years = synthesis.cells_by_year(case, tree)
    choices = synthesis.ScoringChoices(baseline=synthesis.own_baseline(case, years))
    scored = synthesis.indicator_scores(years[synthesis.latest_year(years)], tree, choices)
    numbers, states = (scored.details[name] for name in ("scores", "states"))
    others = [
        numbers * 0.8,
        100 - numbers,
        numbers**2 / 100,
        numbers * 0.5 + 20,
        90 - numbers * 0.7,
        numbers * 0.1 + 60,
    ]
    rows = pd.concat([numbers, *others], keys=["one", "two", "three", "four", "five", "six", "seven"]).droplevel(1)
    told = pd.concat([states] * len(rows)).set_axis(rows.index)
    told = told.mask(rows.isna() & (told == "reported"), "not_collected")
    cells = Cells(rows, told, pd.Series(case.card.group, index=rows.index))
    return synthesis.framework_audit(cells, tree, IndicatorChoices(uncertainty=FEWER))


def published_estimates(case: Enterprise, found: dict[str, Result], evidence: Result) -> pd.DataFrame:
    """Return a frame such as :func:`synthesis.all_estimates` reads from the outputs of a run."""
    published = (
        ("02_data_quality", "completeness", synthesis.completeness(case.tables())),
        ("03_qualitative_coding", "agreement", found["agreement"]),
        ("03_qualitative_coding", "patterns", found["code_by_case"]),
        ("04_indicator_aggregation", "headings", found["heading_scores"]),
        ("05_outcome_comparison", "outcomes", found["outcomes"]),
        ("06_synthesis", "evidence", evidence),
    )
    parts = [
        owned(result.estimates, card, case.card.group, notebook, name, result.method)
        for card in case.study.enterprises
        if card.group == case.card.group
        for notebook, name, result in published
    ]
    return pd.concat(parts, ignore_index=True)


def owned(rows: pd.DataFrame, card: EnterpriseCard, group: str, notebook: str, name: str, method: str) -> pd.DataFrame:
    renamed = rows.rename(columns={"group": "case_group"} if name == "patterns" else {})
    owner = {"enterprise": card.id, "group": group, "region": card.region}
    return renamed.assign(**owner, notebook=notebook, result=name, method=method)


@pytest.fixture(scope="session")
def results_of() -> Callable[[str], dict[str, Result]]:
    """Return the results that the figures of an enterprise are drawn from, by the name of the figure."""

    @cache
    def results(enterprise: str) -> dict[str, Result]:
        assert load_methodology("baseline").qualitative.code_level == 2
        case = open_enterprise("demo", enterprise)
        found = {
            **portrait_results(case),
            **qualitative_results(case),
            **indicator_results(case),
            **outcome_results(case),
        }
        return {**found, **synthesis_results(case, found)}

    return results
