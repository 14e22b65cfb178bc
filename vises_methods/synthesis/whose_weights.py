"""How much of what could move the whole hangs on whose weights are used."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, sobol_sensitivity
from vises_methods.methodology import UncertaintyChoices
from vises_methods.results import NotEstimable, Result, fingerprint
from vises_methods.synthesis.indicator_scores import ScoringChoices, indicator_scores
from vises_methods.synthesis.score_uncertainty import (
    declared_alternatives,
    levels_of,
    limits_of,
    on_one_scale,
    plain_tree,
    sample_of,
)

WHOLE, WEIGHTS = "whole", "weights"
REFERENCE = "Saltelli and others (2010), Computer Physics Communications 181, 259-270"


def whose_weights(
    cells: Cells | None,
    tree: IndicatorTree,
    choices: ScoringChoices,
    plan: UncertaintyChoices,
    weights: Mapping[str, Mapping[str, float]],
    /,
    *,
    seed: int = 0,
) -> Result:
    """Share out what could move the whole of one enterprise over whose weights are used and the other choices.

    The whole is never given as a score of the enterprise: only how far it moves, and with what.

    Parameters
    ----------
    cells : Cells or None
        One enterprise, one year; None where there is no value at all.
    tree : IndicatorTree
    choices : ScoringChoices
    plan : UncertaintyChoices
        The other alternatives, as in :func:`score_uncertainty`.
    weights : mapping of str to mapping of str to float
        Per group, points per dimension: from :func:`group_weights`; equal weights are put beside them.
    seed : int

    Returns
    -------
    Result
        Per choice (``subject``; ``weights`` is whose weights are used), rows ``first`` (the share of the variance of
        the whole that it causes alone) and ``total`` (with its interactions), with their intervals; ``n`` the base
        sample. Not estimable where nobody gave weights, nothing else may vary, or nothing moves the whole.

    References
    ----------
    Saltelli and others (2010), Computer Physics Communications 181, 259-270.
    """
    scored = indicator_scores(cells, tree, choices)
    if cells is None or scored.not_estimable is not None:
        return _nothing("synthesis.reasons.no_indicators")
    laid = on_one_scale(scored, tree)
    plain = plain_tree(tree, laid)
    sets = [{code: float(given.get(code, 0.0)) for code in plain.roots} for given in weights.values()]
    sets = [dict.fromkeys(plain.roots, 1.0), *(given for given in sets if sum(given.values()) > 0)]
    if len(sets) < 2:
        return _nothing("synthesis.reasons.one_group_of_weights")
    levels = levels_of(choices, tree)
    others = declared_alternatives(plan, levels, laid, None)
    if not others:
        return _nothing("synthesis.reasons.no_alternatives")
    found = sobol_sensitivity(
        laid,
        plain.joined(WHOLE),
        {**limits_of(laid), "aggregation": levels, "min_coverage": 0.0},
        {**others, WEIGHTS: sets},
        draws=sample_of(plan),
        seed=seed,
        node=WHOLE,
    )
    rows = found.estimates[found.estimates["subject"] == str(laid.numbers.index[0])]
    reason = rows["reason"].iloc[0]
    return Result(
        method="what moves the whole",
        reference=REFERENCE,
        estimates=rows.assign(subject=rows["factor"]).drop(columns="factor").reset_index(drop=True),
        options={**plan.model_dump(), "sets": list(weights), "seed": seed},
        not_estimable=NotEstimable(reason) if isinstance(reason, str) else None,
        inputs={"scores": fingerprint(laid.numbers), "weights": fingerprint(dict(weights))},
    )


def _nothing(reason: str) -> Result:
    empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
    return Result("what moves the whole", REFERENCE, empty, not_estimable=NotEstimable(reason))
