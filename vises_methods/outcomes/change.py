"""Change of the same people between two surveys: a change, never by itself an effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.outcomes.clusters import clustered_loadings
from vises_methods.outcomes.inference import estimate_row, missing_row, share, stated_row
from vises_methods.outcomes.known_coverage import MANY_LEFT, few_and_skewed, known_narrow
from vises_methods.outcomes.paired_measures import (
    CORRELATED,
    PAIRED_MEASURES,
    PairedMeasure,
    flat,
    influence_of_people,
    normal_theory,
    standardised,
)
from vises_methods.outcomes.ranks import sign_flip, signed_rank
from vises_methods.outcomes.requirements import (
    Floats,
    Labels,
    Values,
    cluster_codes,
    numbers,
    require_option,
    require_range,
    same_length,
)
from vises_methods.outcomes.skewed import skewness_adjusted
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

Interval = Literal["t", "skew"]
INTERVALS: tuple[str, ...] = ("t", "skew")
_FEWEST = 3


def paired_change(
    before: Values,
    after: Values,
    clusters: Labels | None = None,
    measure: PairedMeasure = "SMCR",
    *,
    outcome: str | None = None,
    unit: str | None = None,
    interval: Interval = "t",
    level: float = 0.95,
    draws: int = 9999,
    seed: int = 0,
) -> Result:
    """Say how much the same people changed between two surveys, in the outcome's unit and standardised.

    Use it where only served people were surveyed twice. Time, the economy, recovery from a low point or who answered
    may explain the change; only a comparison can tell.

    Parameters
    ----------
    before, after : sequence of float
        One value per person, in the same order; people with a missing value are left out and counted.
    clusters : sequence, optional
        Sites of the people; the standard error is then CR2 with Satterthwaite degrees of freedom.
    measure : str
        The yardstick: "SMCR" the SD at baseline (default: it means the same before pooling with other designs);
        "SMCC" the SD of the change with the exact factor; "g_z" and "d_z" the same with and without the factor, with
        non-central t intervals; "d_av" the root of the mean of both variances; "d_rm" the SD of the change corrected
        for the correlation; "MC" none, the raw change.
    outcome : str, optional
        Its name; the name of ``after`` by default.
    unit : str, optional
    interval : {"t", "skew"}
        Of the mean change of independent people: Student's t, which with a dozen skewed answers holds the truth in 89
        of 100 simulated studies, or joined with Hall's (1992) transformation, which holds it in 94. Neither helps where
        those who fare worse leave more often: with three in ten gone so, 87 of 100 (see ``calibration``; a notice says
        it where a fifth or more left).
    level : float
    draws, seed : int
        Of the sign-flip test where the ways are too many to count.

    Returns
    -------
    Result
        First row: ``measure``. Second row: "change", the mean change with Student's t. Then "pseudomedian"
        (Hodges-Lehmann, of those who changed at all).
        ``details["moments"]``: means, deviations, correlation. ``details["rank_tests"]``: exact signed-rank and
        sign-flip p values. n counts people, never answers.

    Raises
    ------
    InputError
        On an unknown measure, values that are no numbers, or different lengths.

    References
    ----------
    Becker, B. J. (1988). British Journal of Mathematical and Statistical Psychology 41:257-278; Lakens, D. (2013).
    Frontiers in Psychology 4:863, equations 6 to 10.

    Examples
    --------
    >>> result = paired_change([12, 15.5, 9, 11, 14], [14.5, 15.5, 12, 13, 18.5])
    >>> result.estimates[["measure", "estimate", "n"]].round(2).values.tolist()
    [['SMCR', 0.75, 5], ['change', 2.4, 5], ['pseudomedian', 2.88, 5]]
    """
    where = "paired_change"
    require_option(measure, PAIRED_MEASURES, f"{where}(measure=)")
    require_option(interval, INTERVALS, f"{where}(interval=)")
    require_range(level, 0, 1, f"{where}(level=)")
    first, last = numbers(before, where, "before"), numbers(after, where, "after")
    same_length(where, first, last)
    seen = ~(np.isnan(first) | np.isnan(last))
    codes = None
    if clusters is not None:
        same_length(f"{where}(clusters=)", first, clusters)
        named = pd.Series(clusters).reset_index(drop=True)
        seen &= named.notna().to_numpy()
        codes = cluster_codes(named[seen])
    x, y = first[seen], last[seen]
    subject = outcome or str(getattr(after, "name", None) or "change")
    known: dict[str, Any] = {"n": len(x), "coverage": share(len(x), len(first)), "level": level}
    reason = _obstacle(x, y, codes)
    if reason:
        names = dict.fromkeys([measure, "change"])
        rows, details = [missing_row(name, subject, reason, **known) for name in names], {}
    else:
        rows = _rows(x, y, codes, measure, subject, unit, interval, known)
        ranks, flips = signed_rank(x, y, level=level), sign_flip(x, y, clusters=codes, draws=draws, seed=seed)
        middle = ranks.estimates.iloc[0]
        rows.append(
            stated_row(
                "pseudomedian", subject, middle["estimate"], low=middle["low"], high=middle["high"], unit=unit, **known
            )
        )
        details = {"moments": _moments(x, y), "rank_tests": _rank_tests(ranks, flips)}
    options = {"measure": measure, "outcome": subject, "unit": unit, "clustered": codes is not None,
               "interval": interval, "level": level, "draws": draws, "seed": seed}  # fmt: skip
    return Result(
        method="paired change",
        reference="Becker 1988; Lakens 2013, equations 6-10; Pustejovsky and Tipton 2018, section 4.1",
        estimates=pd.DataFrame(rows),
        details=details,
        options=options,
        notices=(*_notices(rows, codes), *_known_to_be_narrow(y - x, interval, codes, known["coverage"], reason)),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"before": fingerprint(pd.Series(first)), "after": fingerprint(pd.Series(last))},
    )


def regression_to_the_mean(
    before: Values,
    after: Values,
    /,
    *,
    reliability: float,
    population_mean: float,
    level: float = 0.95,
) -> Result:
    """Say how much of a change is to be expected because people entered at a low (or high) point.

    Use it where people were chosen for, or came at, an unusual score and the reliability of the scale is known.

    Parameters
    ----------
    before, after : sequence of float
    reliability : float
        Correlation of the outcome with itself over the same time without a programme, 0 to 1.
    population_mean : float
        Mean of the people from whom the served were drawn.
    level : float

    Returns
    -------
    Result
        ``expected_change``, (1 - reliability)(population mean - mean before), and ``corrected_change``, the mean
        change less the expected one, with a t interval of after - reliability x before.

    References
    ----------
    Barnett, A. G., van der Pols, J. C. and Dobson, A. J. (2005). International Journal of Epidemiology 34:215-220.

    Examples
    --------
    >>> found = regression_to_the_mean([2, 3, 4], [4, 4, 7], reliability=0.5, population_mean=5)
    >>> found.estimates["estimate"].tolist()
    [1.0, 1.0]
    """
    where = "regression_to_the_mean"
    if not 0 <= reliability <= 1:
        require_range(reliability, 0, 1, f"{where}(reliability=)")
    first, last = numbers(before, where, "before"), numbers(after, where, "after")
    same_length(where, first, last)
    seen = ~(np.isnan(first) | np.isnan(last))
    x, y = first[seen], last[seen]
    known: dict[str, Any] = {"n": len(x), "coverage": share(len(x), len(first)), "level": level}
    reason = _obstacle(x, y, None)
    if reason:
        rows = [missing_row(name, "change", reason, **known) for name in ("expected_change", "corrected_change")]
    else:
        expected = (1 - reliability) * (population_mean - x.mean())
        left = y - reliability * x - (1 - reliability) * population_mean
        se = float(left.std(ddof=1) / np.sqrt(len(left)))
        rows = [
            stated_row("expected_change", "change", expected, **known),
            estimate_row("corrected_change", "change", float(left.mean()), se, len(left) - 1.0, **known),
        ]
    return Result(
        method="regression to the mean",
        reference="Barnett, van der Pols and Dobson 2005",
        estimates=pd.DataFrame(rows),
        options={"reliability": reliability, "population_mean": population_mean, "level": level},
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"before": fingerprint(pd.Series(first)), "after": fingerprint(pd.Series(last))},
    )


def change_beyond_trend(
    before: Values,
    after: Values,
    clusters: Labels | None = None,
    *,
    trend: float,
    trend_se: float = 0.0,
    outcome: str | None = None,
    unit: str | None = None,
    level: float = 0.95,
) -> Result:
    """Say how much more served people changed than things moved elsewhere at the same time.

    Use it where there is no comparison group but a series from outside shows the general course. People of that series
    are not like the served: this is a weak indication at most.

    Parameters
    ----------
    before, after, clusters, outcome, unit, level
        As in :func:`paired_change`.
    trend : float
        Change of the same outcome elsewhere over the same time, in its unit.
    trend_se : float
        Its standard error; 0 for a full count.

    Returns
    -------
    Result
        ``change_beyond_trend``, with the errors of both parts.

    References
    ----------
    Shadish, W. R., Cook, T. D. and Campbell, D. T. (2002). Experimental and Quasi-Experimental Designs.

    Examples
    --------
    >>> change_beyond_trend([12, 15.5, 9, 11], [14.5, 15.5, 12, 13], trend=0.5).value
    1.375
    """
    plain = paired_change(before, after, clusters, "MC", outcome=outcome, unit=unit, level=level)
    require_range(trend_se, -1e-12, np.inf, "change_beyond_trend(trend_se=)")
    row = plain.estimates.iloc[0]
    known: dict[str, Any] = {"n": int(row["n"]), "coverage": float(row["coverage"]), "level": level, "unit": unit}
    if pd.isna(row["estimate"]):
        moved = missing_row("change_beyond_trend", row["subject"], row["reason"], **known)
    else:
        se = float(np.hypot(row["se"], trend_se))
        groups = None if pd.isna(row["clusters"]) else int(row["clusters"])
        beyond, df = float(row["estimate"]) - trend, float(row["df"])
        moved = estimate_row("change_beyond_trend", row["subject"], beyond, se, df, clusters=groups, **known)
    return replace(
        plain,
        method="change beyond an outside trend",
        reference="Shadish, Cook and Campbell 2002",
        estimates=pd.DataFrame([moved]),
        options={**plain.options, "trend": trend, "trend_se": trend_se},
    )


def _obstacle(x: Floats, y: Floats, codes: NDArray[np.int64] | None) -> str | None:
    if len(x) < 2:
        return "outcomes.reasons.few_people"
    if np.ptp(y - x) == 0:
        return "outcomes.reasons.no_variation"
    if codes is not None and codes.max() == 0:
        return "outcomes.reasons.one_cluster"
    return None


def _rows(
    x: Floats,
    y: Floats,
    codes: NDArray[np.int64] | None,
    measure: PairedMeasure,
    subject: str,
    unit: str | None,
    interval: Interval,
    known: dict[str, Any],
) -> list[dict[str, Any]]:
    change, groups = y - x, None if codes is None else int(codes.max()) + 1
    se, df = _error_of_mean(change, codes)
    raw = estimate_row("change", subject, float(change.mean()), se, df, unit=unit, clusters=groups, **known)
    if interval == "skew" and codes is None:
        raw = skewness_adjusted(raw, change)
    if measure == "MC":
        return [{**raw, "measure": "MC"}, raw]
    if len(x) < _FEWEST and measure != "d_z":
        return [missing_row(measure, subject, "outcomes.reasons.few_people", clusters=groups, **known), raw]
    if flat(x, y) and measure in CORRELATED:
        # all at one point before, or all at the end of the scale after: the change is known, its yardstick is not
        return [missing_row(measure, subject, "outcomes.reasons.no_variation", clusters=groups, **known), raw]
    value, scale = standardised(x, y, measure)
    if codes is not None:
        se, df = _error_of_mean(influence_of_people(x, y, measure, value, scale), codes)
        return [estimate_row(measure, subject, value, se, df, clusters=groups, **known), raw]
    return [normal_theory(x, y, measure, value, subject, known), raw]


def _error_of_mean(values: Floats, codes: NDArray[np.int64] | None) -> tuple[float, float]:
    if codes is None:
        return float(values.std(ddof=1) / np.sqrt(len(values))), len(values) - 1.0
    loaded = clustered_loadings(np.ones((len(values), 1)), codes)
    return float(loaded.standard_errors(values - values.mean())[0]), float(loaded.degrees_of_freedom[0])


def _moments(x: Floats, y: Floats) -> pd.DataFrame:
    moments = {"n": len(x), "mean_before": x.mean(), "sd_before": x.std(ddof=1), "mean_after": y.mean(),
               "sd_after": y.std(ddof=1), "sd_change": (y - x).std(ddof=1)}  # fmt: skip
    correlation = np.nan if flat(x, y) else np.corrcoef(x, y)[0, 1]
    return pd.DataFrame([moments | {"correlation": correlation}])


def _rank_tests(ranks: Result, flips: Result) -> pd.DataFrame:
    found = [
        (result.method, result.estimates["p"].iloc[0], int(result.estimates["n"].iloc[0])) for result in (ranks, flips)
    ]
    return pd.DataFrame(found, columns=["test", "p", "n"])


def _known_to_be_narrow(
    change: Floats, interval: Interval, codes: NDArray[np.int64] | None, coverage: float, reason: str | None
) -> tuple[Notice, ...]:
    if reason:
        return ()
    skewed = interval == "t" and codes is None and few_and_skewed(change)
    found = {"skewed_few": skewed, "leaving": coverage < MANY_LEFT}
    return tuple(known_narrow(name) for name, applies in found.items() if applies)


def _notices(rows: Sequence[dict[str, Any]], codes: NDArray[np.int64] | None) -> tuple[Notice, ...]:
    notices = [Notice("outcomes.notices.change_not_effect", {})]
    silent = sum(1 for row in rows if row.get("p_reason") and not row.get("reason"))
    if silent:
        notices.append(Notice("outcomes.notices.p_withheld", {"count": silent}))
    if codes is None:
        notices.append(Notice("outcomes.notices.independent_people", {}))
    return tuple(notices)
