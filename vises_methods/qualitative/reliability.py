"""Agreement between coders: one coefficient or several, with standard error, interval, n and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.agreement_details import (
    category_label,
    differences,
    disagreements,
    pattern_content,
    prevalence,
)
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.coefficients import (
    COEFFICIENTS,
    TWO_CODERS,
    Coefficient,
    PatternTable,
    coefficient_values,
    pairable_frequencies,
)
from vises_methods.qualitative.ratings import RatingPatterns, rating_patterns
from vises_methods.qualitative.resampling import cluster_codes, expanded_percentiles, pattern_draws, unit_draws
from vises_methods.qualitative.standard_errors import interval as analytic_interval
from vises_methods.qualitative.standard_errors import standard_error
from vises_methods.qualitative.tables import require_option
from vises_methods.qualitative.weights import (
    LEVELS,
    MOST_CATEGORIES,
    Floats,
    Level,
    WeightName,
    agreement_weights,
    metric,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

Interval = Literal["analytic", "bootstrap"]
FEW_CLUSTERS = 10
METHODS = {
    "percent": ("Percent agreement", "Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., section 2.2"),
    "cohen_kappa": ("Cohen's kappa", "Cohen (1960), Educational and Psychological Measurement 20(1), p. 40"),
    "scott_pi": ("Scott's pi", "Scott (1955), Public Opinion Quarterly 19(3), p. 323"),
    "fleiss_kappa": ("Fleiss' kappa", "Fleiss (1971), Psychological Bulletin 76(5), p. 379"),
    "conger_kappa": ("Conger's kappa", "Conger (1980), Psychological Bulletin 88(2), p. 325"),
    "brennan_prediger": (
        "Brennan-Prediger coefficient",
        "Brennan & Prediger (1981), Educational and Psychological Measurement 41(3), p. 693",
    ),
    "gwet_ac1": ("Gwet's AC1", "Gwet (2008), British Journal of Mathematical and Statistical Psychology 61(1), p. 35"),
    "gwet_ac2": ("Gwet's AC2", "Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., section 4.4"),
    "krippendorff_alpha": ("Krippendorff's alpha", "Krippendorff (2019), Content Analysis, 4th ed., section 12.3"),
}


@dataclass(frozen=True)
class AgreementOptions:
    """What is asked of the ratings, checked."""

    coefficients: tuple[str, ...]
    level: str = "nominal"
    weights: str | pd.DataFrame | None = None
    interval: str = "analytic"
    ci: float = 0.95
    resamples: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.coefficients:
            raise InputError("empty_data", "agreement(coefficient=)")
        for name in self.coefficients:
            require_option(name, COEFFICIENTS, "agreement(coefficient=)")
        require_option(self.level, LEVELS, "agreement(level=)")
        require_option(self.interval, ("analytic", "bootstrap"), "agreement(interval=)")
        if not 0 < self.ci < 1:
            raise InputError("out_of_range", "agreement(ci=)", value=self.ci, allowed="0 < ci < 1")
        if self.resamples < 1:
            raise InputError("out_of_range", "agreement(resamples=)", value=self.resamples, allowed="≥ 1")
        if self.weights is not None and self.level != "nominal":
            raise InputError("qualitative.errors.weights_and_level", "agreement(weights=, level=)", level=self.level)
        if self.weights is not None and "gwet_ac1" in self.coefficients:
            raise InputError("qualitative.errors.weighted_ac1", "agreement(weights=)")
        if self.level != "nominal" and set(self.coefficients) != {"krippendorff_alpha"}:
            raise InputError("qualitative.errors.level_without_alpha", "agreement(level=)", level=self.level)


@dataclass(frozen=True)
class Clusters:
    """The cluster of each unit, and how many clusters there are."""

    codes: np.ndarray
    count: int


@checked_arguments
def agreement(
    ratings: pd.DataFrame,
    /,
    *,
    coefficient: Coefficient | Sequence[Coefficient] = "krippendorff_alpha",
    level: Level = "nominal",
    weights: WeightName | pd.DataFrame | None = None,
    categories: Sequence[Any] | None = None,
    lengths: Sequence[float] | None = None,
    clusters: str | Sequence[Any] | pd.Series | None = None,
    interval: Interval | None = None,
    ci: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """Measure how far coders agree beyond chance.

    Use Krippendorff's alpha for any number of coders with values missing; Cohen's kappa for two coders as a habit of
    the field; Gwet's AC1 beside either where a code is rare, for its chance term does not collapse there. Read every
    coefficient with the prevalence and the coders' bias in the details.

    Parameters
    ----------
    ratings : DataFrame
        One row per unit, one column per coder; any hashable category. A missing cell is a unit that the coder did not
        rate. Units that nobody rated are dropped, units with one rating give no pair: ``coverage`` is the share that
        has at least two ratings. With index levels ``document, start, end``, as :func:`units` makes, the details list
        every disagreement by its place.
    coefficient : str or sequence of str
        Several coefficients share their resamples; ``details["differences"]`` then holds their differences.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Krippendorff's metric, for alpha.
    weights : str, DataFrame or None
        Gwet's weights by name, or a frame of agreement weights (1 on the diagonal) with the categories as rows and
        columns. For alpha, in place of ``level``.
    categories : sequence, optional
        All categories that could have been used, in order. Those that occur when not given: texts that are numbers
        in numeric order, others by the alphabet.
    lengths : sequence of float, optional
        What each unit counts for, such as its characters.
    clusters : str, sequence or Series, optional
        What is drawn in the bootstrap: the name of an index level such as ``"document"``, or one value per unit.
        Units of one interview are alike; resampling them as if independent makes the interval too narrow.
    interval : {"analytic", "bootstrap"}, optional
        Analytic without clusters and lengths, bootstrap with them, when not given. Analytic: Student's t with one
        less degrees of freedom than units, the upper limit cut at 1; for Cohen's kappa the normal interval of
        Fleiss, Cohen and Everitt. Bootstrap: percentiles widened for few clusters.
    ci : float
        Level of the interval.
    resamples : int
        Draws of the bootstrap.
    seed : int

    Returns
    -------
    Result
        ``estimates``: one row per coefficient, with ``se, observed, expected``; n is the number of units with at least
        two ratings. ``details``: ``prevalence`` (category × coder: count, share, and bias, the share less the mean
        share of all coders), ``evidence`` (the units on which coders differ,
        the first 10,000 of them).
        One category in use, one coder, no unit with two ratings, or three coders for a two-coder coefficient: no
        number but a reason.

    Raises
    ------
    InputError
        For an unknown option, an empty frame, or categories that are not numbers where the metric needs numbers.

    References
    ----------
    Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., chapters 2-6.
    Krippendorff, K. (2019). Content Analysis, 4th ed., chapter 12.

    Examples
    --------
    >>> pairs = pd.DataFrame({"ana": [1, 1, 0, 0, 1], "ben": [1, 1, 0, 1, 1]})
    >>> round(agreement(pairs, coefficient="cohen_kappa").value, 3)
    0.545
    """
    names = (coefficient,) if isinstance(coefficient, str) else tuple(coefficient)
    chosen = interval or ("analytic" if clusters is None and lengths is None else "bootstrap")
    options = AgreementOptions(tuple(names), level, weights, chosen, ci, resamples, seed)
    if chosen == "analytic" and lengths is not None:
        raise InputError("qualitative.errors.analytic_with_lengths", "agreement(interval=)")
    patterns = rating_patterns(ratings, categories=categories, lengths=lengths)
    if len(patterns.categories) > MOST_CATEGORIES:
        raise InputError(
            "qualitative.errors.too_many_categories",
            "agreement(ratings)",
            count=len(patterns.categories),
            most=MOST_CATEGORIES,
        )
    groups = None if clusters is None else Clusters(*cluster_codes(clusters, ratings.index))
    rows, replicates = agreement_rows(patterns, groups, options)
    estimates = pd.DataFrame([{"measure": row.pop("measure"), "subject": "units", **row} for row in rows])
    reason = estimates["reason"].iloc[0] if estimates["reason"].notna().all() else None
    return Result(
        method=METHODS[names[0]][0],
        reference=METHODS[names[0]][1],
        estimates=estimates,
        details=_details(ratings, patterns, replicates, estimates, options),
        options={
            "coefficient": list(names),
            "level": level,
            "weights": weights.to_numpy().tolist() if isinstance(weights, pd.DataFrame) else weights,
            "categories": [category_label(category) for category in patterns.categories],
            "lengths": lengths is not None,
            "clusters": clusters if isinstance(clusters, str) else clusters is not None,
            "interval": chosen,
            "ci": ci,
            "resamples": resamples,
            "seed": seed,
        },
        notices=_notices(patterns, len(ratings), groups),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"ratings": fingerprint(pattern_content(patterns))},
    )


def agreement_rows(
    patterns: RatingPatterns, clusters: Clusters | None, options: AgreementOptions
) -> tuple[list[dict[str, Any]], dict[str, Floats]]:
    """Return an estimate per coefficient and, where bootstrapped, its replicates.

    Parameters
    ----------
    patterns : RatingPatterns
    clusters : Clusters or None
    options : AgreementOptions
    """
    groups = paired_clusters(patterns, clusters)
    drawn = None
    if options.interval == "bootstrap" and groups > 1:
        drawn = _drawn(patterns, clusters, options)
    paired = int(patterns.counts[patterns.several].sum())
    given = len(patterns.keys) if patterns.lengths is None else patterns.lengths.sum()
    covered = float(patterns.amounts[patterns.several].sum() / given)
    rows, replicates = [], {}
    shared = PatternTable(patterns, agreement_weights(patterns.categories, options.weights))
    for name in options.coefficients:
        row: dict[str, Any] = {"measure": name, "n": paired, "coverage": covered, "level": options.ci}
        row |= {"estimate": None, "low": None, "high": None, "se": None, "observed": None, "expected": None}
        row["reason"] = undefined(patterns, name, paired)
        if row["reason"] is None:
            table = _with_metric(shared, name, options)
            row |= _point(table, name, options.level)
            if drawn is not None:
                replicates[name] = coefficient_values(table, drawn, name, options.level).value
                row |= _bootstrapped(replicates[name], groups, options.ci)
            elif options.interval == "analytic":
                row |= _analytic(table, row["estimate"], name, options)
        rows.append(row)
    return rows, replicates


def _drawn(patterns: RatingPatterns, clusters: Clusters | None, options: AgreementOptions) -> Floats:
    if clusters is None and patterns.lengths is None:
        return unit_draws(patterns, options.resamples, options.seed)
    units = len(patterns.keys)
    drawn = clusters or Clusters(np.arange(units), units)
    return pattern_draws(patterns, drawn.codes, drawn.count, options.resamples, options.seed)


def paired_clusters(patterns: RatingPatterns, clusters: Clusters | None) -> int:
    """Return how many clusters hold a unit with at least two ratings; the number of such units without clusters."""
    if clusters is None:
        return int(patterns.counts[patterns.several].sum())
    return len(np.unique(clusters.codes[np.append(patterns.several, False)[patterns.pattern_of_unit]]))


def undefined(patterns: RatingPatterns, coefficient: str, paired: int) -> str | None:
    """Return the reason why a coefficient has no value, or None where it has one."""
    if len(patterns.coders) < 2:
        return "qualitative.reasons.one_coder"
    if paired == 0:
        return "qualitative.reasons.no_pairs"
    if coefficient in TWO_CODERS and len(patterns.coders) > 2:
        return "qualitative.reasons.two_coders_only"
    only_pairs = coefficient in TWO_CODERS or coefficient == "krippendorff_alpha"
    entering = patterns.several if only_pairs else patterns.counts > 0
    if coefficient != "percent" and patterns.highest[entering].max() <= patterns.lowest[entering].min():
        return "qualitative.reasons.no_variation"
    return None


def _with_metric(table: PatternTable, coefficient: str, options: AgreementOptions) -> PatternTable:
    if coefficient != "krippendorff_alpha" or options.level == "nominal":
        return table
    frequencies = pairable_frequencies(table, table.ratings.amounts[None, :])[0]
    return replace(table, weights=1 - metric(options.level, table.ratings.categories, frequencies))


def _point(table: PatternTable, coefficient: str, level: str) -> dict[str, Any]:
    result = coefficient_values(table, table.ratings.amounts[None, :], coefficient, level)
    value, observed, expected = (float(part[0]) for part in (result.value, result.observed, result.expected))
    if np.isnan(value):
        return {"reason": "qualitative.reasons.no_variation", "observed": observed, "expected": expected}
    return {"estimate": value, "observed": observed, "expected": expected}


def _analytic(table: PatternTable, value: float | None, coefficient: str, options: AgreementOptions) -> dict[str, Any]:
    if value is None:
        return {}
    se, freedom = standard_error(table, coefficient, options.level)
    if np.isnan(se):
        return {}
    low, high = analytic_interval(value, se, freedom, options.ci)
    return {"se": se, "low": low, "high": high}


def _bootstrapped(replicates: Floats, clusters: int, ci: float) -> dict[str, Any]:
    usable = replicates[~np.isnan(replicates)]
    if len(usable) < 2:
        return {}
    low, high = expanded_percentiles(usable, clusters, ci)
    return {"se": float(usable.std(ddof=1)), "low": low, "high": high}


def _details(
    ratings: pd.DataFrame,
    patterns: RatingPatterns,
    replicates: dict[str, Floats],
    estimates: pd.DataFrame,
    options: AgreementOptions,
) -> dict[str, pd.DataFrame]:
    details = {"prevalence": prevalence(patterns), "evidence": disagreements(ratings, patterns)}
    if len(replicates) > 1:
        details["differences"] = differences(replicates, estimates, options.ci)
    return details


def _notices(patterns: RatingPatterns, units: int, clusters: Clusters | None) -> tuple[Notice, ...]:
    unpaired = units - int(patterns.counts[patterns.several].sum())
    notices = []
    if unpaired:
        notices.append(Notice("qualitative.notices.unpaired_units", {"count": unpaired, "units": units}))
    if clusters is not None and (count := paired_clusters(patterns, clusters)) < FEW_CLUSTERS:
        notices.append(Notice("qualitative.notices.few_clusters", {"count": count}))
    return tuple(notices)
