"""The framework itself under examination: every check of its indicators over all enterprises of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, audit
from vises_methods.indicators.audit_document import CORRELATIONS, SECTIONS
from vises_methods.methodology import IndicatorChoices
from vises_methods.results import NotEstimable, Notice, Result, fingerprint
from vises_methods.study import Study
from vises_methods.synthesis.group_ranges import LEAST
from vises_methods.synthesis.published import published
from vises_methods.synthesis.score_uncertainty import plain_tree

NOTEBOOK, RESULT = "04_indicator_aggregation", "indicator_scores"
ENOUGH = 20
"""Below so many units a correlation of 0.4 cannot be told from none: what rests on correlations is too weak to tell."""
KEPT = tuple(section for section in SECTIONS if section != "sensitivity")
WORDED = frozenset({"direction", "method", "transformed", "measure", "flag", "of"})
MOMENTS = ["mean", "sd", "at_floor", "at_ceiling"]
ON_COUNTS = frozenset({"reporting"})
VERDICTS = {"yes": "holds", "no": "contradicts", "read": "contradicts"}
REFERENCE = (
    "Saisana and Saltelli (2011), Quality and Quantity 45, 247-268; OECD/JRC (2008), Handbook on Constructing "
    "Composite Indicators, pp. 19-21"
)
_DECLARED = {
    "en": "declared by the enterprise",
    "fr": "déclaré par l'entreprise",
    "nl": "verklaard door de onderneming",
}


def published_cells(study: Study, methodology: str, tree: IndicatorTree, /) -> Cells | None:
    """Return the scores of the framework's indicators that the notebooks of all enterprises published.

    Parameters
    ----------
    study : Study
    methodology : str
    tree : IndicatorTree
        The study's framework; own indicators of an enterprise are left out.

    Returns
    -------
    Cells or None
        Enterprise × indicator, on the scale of 0 to 100, with their states; what an enterprise declared not applicable
        is so; a value without a place on a scale is not there. None where nothing has been published.
    """
    numbers, states, groups = {}, {}, {}
    for card in study.enterprises:
        found = published(study, methodology, card.id, NOTEBOOK, lang=card.languages[0], only=(RESULT,)).get(RESULT)
        if found is None or found.not_estimable is not None:
            continue
        codes = [code for code in tree.scored_indicators if code in found.details["scores"]]
        numbers[card.id] = found.details["scores"].loc[card.id, codes].astype(float)
        states[card.id] = found.details["states"].loc[card.id, codes]
        groups[card.id] = card.group
    if not numbers:
        return None
    values = pd.DataFrame(numbers).T.reindex(columns=list(tree.scored_indicators)).astype(float)
    told = pd.DataFrame(states).T.reindex(columns=values.columns).astype(object)
    told = told.where(told.notna(), "not_applicable")
    unplaced = told.isin(("reported", "imputed")) & values.isna()
    return Cells(values, told.mask(unplaced, "not_collected"), pd.Series(groups))


def framework_structure(cells: Cells | None, tree: IndicatorTree, /) -> Result:
    """Count what stands under each dimension, and how much of it is reported.

    Returns
    -------
    Result
        One row ``reported`` per dimension: the share of the cells that apply which have a score; ``n`` the enterprises;
        ``criteria``, ``indicators``, ``neutral`` (shown, never scored).
    """
    if cells is None:
        return _nothing("structure of the framework")
    rows = []
    for dimension in tree.roots:
        leaves = [code for code in tree.descendants(dimension) if tree.node(code).level == 1]
        scored = [code for code in leaves if code in cells.numbers]
        applies = cells.states[scored] != "not_applicable"
        known = cells.numbers[scored].notna() & applies
        whole = int(applies.to_numpy().sum())
        share = float(known.to_numpy().sum()) / whole if whole else None
        counts = {"criteria": len(tree.children(dimension)), "indicators": len(leaves)}
        reason = None if whole else "indicators.reasons.applies_to_none"
        row = {
            "measure": "reported",
            "subject": dimension,
            "estimate": share,
            "n": len(cells.numbers),
            "reason": reason,
        }
        rows.append({**row, **counts, "neutral": len(leaves) - len(scored), "coverage": share or 0.0, "unit": "share"})
    return Result(
        method="structure of the framework",
        reference=REFERENCE,
        estimates=pd.DataFrame(rows),
        inputs={"scores": fingerprint(cells.numbers), "tree": fingerprint(tree.to_frame())},
    ).labelled(tree.labels())


def framework_audit(cells: Cells | None, tree: IndicatorTree, choices: IndicatorChoices, /, *, seed: int = 0) -> Result:
    """Run every check of a composite on each dimension, with verdicts that few enterprises are allowed to give.

    Parameters
    ----------
    cells : Cells or None
        From :func:`published_cells`.
    tree : IndicatorTree
    choices : IndicatorChoices
        Of the methodology: how scores are made, and the alternatives that the order is tried against.
    seed : int

    Returns
    -------
    Result
        One row per check (``measure``) and dimension (``subject``): ``estimate`` its figure, ``limit`` the threshold,
        ``concerns`` what it is about, ``verdict``: ``contradicts`` the framework, ``holds`` (does not contradict it),
        ``weak`` (too weak to tell: no figure, or fewer than 20 enterprises for what rests on correlations or orders).
        ``details`` hold the sections of :func:`indicators.audit`, all dimensions together: ``states, scales, treatment,
        quality, alpha, components, weights, removal, intervals``; ``weights`` with what is furthest off first. Words in
        them are keys of the catalogue. No enterprise is named in any.

    References
    ----------
    Saisana and Saltelli (2011), Quality and Quantity 45, 247-268; OECD/JRC (2008), Handbook on Constructing Composite
    Indicators, pp. 19-21.
    """
    if cells is None or len(cells.numbers) < 2:
        return _nothing("audit of the framework")
    found = {code: _of_dimension(cells, tree, code, choices, seed) for code in tree.roots}
    made = {code: result for code, result in found.items() if result is not None}
    if not made:
        return _nothing("audit of the framework")
    parts = [result.estimates.assign(subject=code) for code, result in made.items()]
    estimates = pd.concat(parts, ignore_index=True)
    units = len(cells.numbers)
    weak = estimates["estimate"].isna() | (~estimates["measure"].isin(ON_COUNTS) & (units < ENOUGH))
    estimates["verdict"] = estimates["verdict"].map(VERDICTS).mask(weak, "weak")
    return Result(
        method="audit of the framework",
        reference=REFERENCE,
        estimates=estimates,
        details={section: _together(section, made, tree) for section in KEPT},
        options={"units": units, "enough": ENOUGH, "seed": seed},
        notices=(Notice("synthesis.notices.few_units", {"count": units, "enough": ENOUGH}),) if units < ENOUGH else (),
        inputs={"scores": fingerprint(cells.numbers), "tree": fingerprint(tree.to_frame())},
    ).labelled(tree.labels())


def _of_dimension(
    cells: Cells, tree: IndicatorTree, dimension: str, choices: IndicatorChoices, seed: int
) -> Result | None:
    under = set(tree.descendants(dimension))
    codes = [code for code in cells.numbers if code in under and cells.numbers[code].notna().any()]
    if len(codes) < 2:
        return None
    own = Cells(cells.numbers[codes], cells.states[codes], cells.groups)
    plain = declared(plain_tree(tree, own))
    levels = {level: name for level, name in choices.aggregation.items() if level <= plain.top_level}
    recipe = {"aggregation": levels, "min_coverage": choices.min_coverage}
    others = [dict.fromkeys(levels, name) for name in choices.uncertainty.means]
    distinct = [levels, *(mean for mean in others if mean != levels)]
    tried: dict[str, Any] = {"aggregation": distinct} if len(distinct) > 1 else {}
    if choices.uncertainty.weight_noise > 0:
        tried["weight_noise"] = choices.uncertainty.weight_noise
    return audit(own, plain, recipe, tried, draws=choices.uncertainty.draws, sensitivity=False, seed=seed)


def declared(tree: IndicatorTree) -> IndicatorTree:
    """Let units answer "not applicable" to anything: here the enterprises have declared it in their own files."""
    return replace(tree, nodes=tuple(replace(node, not_applicable_when=_DECLARED) for node in tree.nodes))


def _together(section: str, made: Mapping[str, Result], tree: IndicatorTree) -> pd.DataFrame:
    """The tables of one section, one under the other, each row with its dimension; words as keys of the catalogue."""
    parts = [found.details[section].assign(dimension=code) for code, found in made.items() if section in found.details]
    table = pd.concat([part for part in parts if len(part)] or parts[:1] or [pd.DataFrame()], ignore_index=True)
    if section == "scales":
        table["direction"] = [tree.node(code).direction for code in table["indicator"]]
        table["method"] = [scale.method if (scale := tree.node(code).scale) else None for code in table["indicator"]]
        thin = table["n"] < LEAST
        table[MOMENTS] = table[MOMENTS].mask(thin)
        table["reason"] = pd.Series("synthesis.reasons.few_to_show", index=table.index).where(thin)
    if section == "quality":
        table = table[table["measure"].isin(CORRELATIONS)]
        ends = table["subject"].str.split("~", expand=True).reindex(columns=[0, 1])
        table = table.assign(subject=ends[0], other=ends[1].fillna(table["heading"]))
    if section == "weights":
        table = table.sort_values("off", ascending=False, kind="stable")
    for column in WORDED & set(table.columns):
        keys = table[column].map(lambda code, of=column: f"indicators.audit.values.{of}.{code}", na_action="ignore")
        table[column] = keys.astype(object)
    return table.reset_index(drop=True)


def _nothing(method: str) -> Result:
    empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
    return Result(method, REFERENCE, empty, not_estimable=NotEstimable("synthesis.reasons.nothing_published"))
