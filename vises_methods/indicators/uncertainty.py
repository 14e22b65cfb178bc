"""How far scores and order hang on choices that could as well have been others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.alternatives import Alternatives, Factor
from vises_methods.indicators.arrays import Floats, Integers
from vises_methods.indicators.cells import Cells
from vises_methods.indicators.composite import Composite, Recipe, compose
from vises_methods.indicators.inputs import require_kind
from vises_methods.indicators.simulation import Study, ranks_of, simulate, study_of, without_scoreless
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.randomness import generator
from vises_methods.results import Notice, Result, fingerprint

PAIRS_UP_TO = 500
REFERENCE = "Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323"


def uncertainty(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None,
    alternatives: Alternatives,
    /,
    *,
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.90,
) -> Result:
    """Recompute every score under random combinations of declared alternatives.

    Use it before any conclusion on an order, and to say of each score how much of it is choice.

    Parameters
    ----------
    values : DataFrame or Cells
        Unit × indicator.
    tree : IndicatorTree
    recipe : Recipe, mapping or None
        The recipe that the alternatives depart from.
    alternatives : mapping of str to list
        From a choice of the recipe (``imputation, treatment, normalisation, aggregation, min_coverage`` …) to what it
        might have been; an entry may also set several choices at once, as a mapping. ``weights``: a list of sets (by
        name, or from code to weight); ``removal``: codes to leave out in turn, with None for none;
        ``weight_noise``: a number, each weight stretched at random within ± that share; ``data_error``: a frame of
        standard errors, unit × indicator; ``multiple_imputation``: ``scale`` (each missing value anywhere on the
        indicator's scale, anew in each run), ``hot_deck`` (the value of another unit), ``group_hot_deck`` (of a unit of
        the same group): the interval then holds what the missing values may hide. A heading without a score in the
        recipe gets none by this.
    draws : int
    seed : int
    level : float
        Of the intervals.

    Returns
    -------
    Result
        One row per unit and heading: ``estimate`` the score of the recipe itself, ``low`` and ``high`` the interval
        over the draws, ``mean``, ``median``, ``sd``; ``n`` the draws with a score, ``coverage`` of the recipe's score.
        ``details["ranks"]``: per root and unit, coverage, rank of the recipe, mean, median and interval;
        ``["above:<root>"]``: the probability that the row's unit scores above the column's (for up to 500 units);
        ``["design"]``: the alternative drawn in each run.

    Raises
    ------
    InputError
        A choice that does not exist, or a combination without meaning, such as a geometric mean of negative scores:
        all before the first run.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323; OECD/JRC (2008),
    Handbook, step 7, pp. 34-35 and 117-131.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    >>> values = pd.DataFrame({"a": [2.0, 8.0], "b": [9.0, 1.0]}, index=["u", "v"])
    >>> tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    >>> result = uncertainty(values, tree, None, {"aggregation": ["arithmetic", "geometric"]}, draws=50)
    >>> result.estimates[["subject", "estimate", "low", "high"]].round(1).to_numpy().tolist()
    [['u', 55.0, 42.4, 55.0], ['v', 45.0, 28.3, 45.0]]
    """
    _check(draws, level)
    chosen = Recipe.of(recipe)
    study = study_of(values, tree, chosen, alternatives, draws, seed)
    uniform = generator(seed, "uncertainty").random((draws, len(study.factors)))
    design = positions(uniform, study.factors)
    nominal = compose(values, tree, chosen)
    summary, roots = _summaries(study, design, nominal, level)
    result_rows = _rows(study, nominal, summary, level)
    lost = int(draws - np.min(summary["n"])) if summary["n"].size else 0
    notices = [Notice("indicators.notices.draws_without_score", {"count": lost})] if lost else []
    above = {f"above:{code}": _above(scores, study) for code, scores in roots.items() if scores.shape[1] <= PAIRS_UP_TO}
    if len(study.units) > PAIRS_UP_TO:
        notices.append(Notice("indicators.notices.pairs_left_out", {"most": PAIRS_UP_TO}))
    return Result(
        method="uncertainty analysis",
        reference=REFERENCE,
        estimates=result_rows,
        details={"ranks": _ranks(study, nominal, roots, level), "design": _design(study, design), **above},
        options={
            "recipe": dict(nominal.options),
            "alternatives": {factor.name: [c.label for c in factor.choices[:50]] for factor in study.factors},
            "draws": draws,
            "seed": seed,
            "level": level,
        },
        notices=(*nominal.notices, *notices),
        inputs={**nominal.inputs, "tree": fingerprint(tree.to_frame())},
    )


def positions(uniform: Floats, factors: tuple[Factor, ...]) -> Integers:
    """Turn numbers between 0 and 1 into positions of choices."""
    sizes = np.array([len(factor.choices) for factor in factors], dtype=np.int64)
    return np.minimum((uniform * sizes).astype(np.int64), sizes - 1)


def quantiles(ordered: Floats, counts: Integers, share: float) -> Floats:
    """Quantiles along the last axis of sorted numbers, of which the first ``counts`` are present (type 7)."""
    place = np.maximum(counts - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    low = np.take_along_axis(ordered, below[..., None], -1)[..., 0]
    high = np.take_along_axis(ordered, above[..., None], -1)[..., 0]
    return np.where(counts > 0, low + (high - low) * (place - below), np.nan)


def _check(draws: int, level: float) -> None:
    require_kind(draws, (int, np.integer), "uncertainty(draws=)", "int")
    if draws < 2:
        raise InputError("out_of_range", "uncertainty(draws=)", value=draws, allowed="≥ 2")
    if not 0 < level < 1:
        raise InputError("out_of_range", "uncertainty(level=)", value=level, allowed="0-1")


def _summaries(
    study: Study, design: Integers, nominal: Composite, level: float
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Summaries by unit and heading, and the scores of every run at the roots."""
    tail = (1 - level) / 2
    names = study.structure.nodes
    tops = [i for i, code in enumerate(names) if study.tree.node(code).parent is None]
    parts: dict[str, list[Floats]] = {name: [] for name in ("n", "mean", "sd", "low", "median", "high")}
    roots: dict[str, list[Floats]] = {names[i]: [] for i in tops}
    for part, drawn in simulate(study, design):
        scores = without_scoreless(drawn, study, nominal, part)
        ordered = np.sort(scores.transpose(1, 2, 0), axis=-1)
        counts = (~np.isnan(ordered)).sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.nansum(ordered, axis=-1) / counts
            spread = np.nansum((ordered - mean[..., None]) ** 2, axis=-1) / (counts - 1)
        found = (counts, mean, np.sqrt(np.where(counts > 1, spread, np.nan)))
        limits = (quantiles(ordered, counts, share) for share in (tail, 0.5, 1 - tail))
        for name, part in zip(parts, (*found, *limits), strict=True):
            parts[name].append(part)
        for i in tops:
            roots[names[i]].append(scores[:, :, i])
    return (
        {name: np.concatenate(chunks, axis=0) for name, chunks in parts.items()},
        {code: np.concatenate(chunks, axis=1) for code, chunks in roots.items()},
    )


def _rows(study: Study, nominal: Composite, summary: dict[str, Floats], level: float) -> pd.DataFrame:
    names = list(study.structure.nodes)
    rows = nominal.estimates[["measure", "subject", "estimate", "coverage", "unit", "reason"]].copy()
    unit = pd.Index(study.units.astype(str)).get_indexer(pd.Index(rows["subject"]))
    node = pd.Index(names).get_indexer(pd.Index(rows["measure"]))
    for name in ("n", "low", "high", "mean", "median", "sd"):
        rows[name] = summary[name][unit, node]
    return rows.assign(level=level)


def _ranks(study: Study, nominal: Composite, roots: dict[str, Floats], level: float) -> pd.DataFrame:
    tail = (1 - level) / 2
    tables = []
    for code, scores in roots.items():
        ranks = ranks_of(scores)
        own = (
            nominal.scores[code].to_numpy()[None, :]
            if code in nominal.scores
            else np.full((1, len(study.units)), np.nan)
        )
        ordered = np.sort(ranks.T, axis=-1)
        counts = (~np.isnan(ordered)).sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.nansum(ordered, axis=-1) / counts
        low, median, high = (quantiles(ordered, counts, share) for share in (tail, 0.5, 1 - tail))
        known = nominal.coverage[code].to_numpy() if code in nominal.coverage else np.zeros(len(study.units))
        columns = {
            "coverage": known,
            "nominal": ranks_of(own)[0],
            "mean": mean,
            "median": median,
            "low": low,
            "high": high,
            "n": counts,
        }
        tables.append(pd.DataFrame({"node": code, "unit": study.units.astype(str), **columns}))
    return pd.concat(tables, ignore_index=True)


def _above(scores: Floats, study: Study) -> pd.DataFrame:
    """Draws in which both have a score; equal scores count half."""
    units = study.units.astype(str)
    shares = np.empty((scores.shape[1], scores.shape[1]))
    for i in range(scores.shape[1]):
        apart = scores[:, [i]] - scores
        with np.errstate(invalid="ignore", divide="ignore"):
            shares[i] = ((apart > 0).sum(axis=0) + 0.5 * (apart == 0).sum(axis=0)) / (~np.isnan(apart)).sum(axis=0)
    np.fill_diagonal(shares, np.nan)
    return pd.DataFrame(shares, index=units, columns=units)


def _design(study: Study, design: Integers) -> pd.DataFrame:
    labels = [np.array([choice.label for choice in factor.choices], dtype=object) for factor in study.factors]
    names = [factor.name for factor in study.factors]
    return pd.DataFrame({name: labels[i][design[:, i]] for i, name in enumerate(names)}).rename_axis("draw")
