"""Simulated studies with planted truth, one way of making them per design and method: what ``calibration`` counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.outcomes.binary import binary_comparison
from vises_methods.outcomes.change import paired_change
from vises_methods.outcomes.comparison import ancova, difference_in_differences
from vises_methods.outcomes.matching import match
from vises_methods.outcomes.ordinal import brunner_munzel
from vises_methods.outcomes.pooling import pool
from vises_methods.outcomes.requirements import Floats
from vises_methods.outcomes.series import interrupted_series
from vises_methods.outcomes.weighting import weight
from vises_methods.results import Result

PLANTED = 0.5
_CUTS = (-1.0, 0.0, 0.8)
_LASTING = 0.5

Outcome = Literal["normal", "skewed", "ordinal", "binary"]


@dataclass(frozen=True)
class Scenario:
    """How studies are made: for which designs, how many, what hangs together, who leaves, how the outcome lies.

    Attributes
    ----------
    name : str
        A key of the catalogue under ``outcomes.calibration``.
    designs : tuple of str
        The designs (``Design.kind``) that it concerns; ``portfolio`` for pooling.
    method : str
        Which function analyses the study.
    clusters, people : int
        Sites and people in each; enterprises for pooling, and for a series one site of so many periods.
    icc : float
        Correlation of people of one site, of neighbouring periods, or the variance between enterprises.
    attrition : float
        Share who leave.
    outcome : {"normal", "skewed", "ordinal", "binary"}
    leaving : {"chance", "worse"}
        Whether those who leave do so by chance, or four times as often where things went less well than on average.
    options : tuple of pairs
        Options of the method that are not its defaults.
    """

    name: str
    designs: tuple[str, ...]
    method: str
    clusters: int
    people: int
    icc: float = 0.0
    attrition: float = 0.2
    outcome: Outcome = "normal"
    leaving: Literal["chance", "worse"] = "chance"
    options: tuple[tuple[str, Any], ...] = field(default=())

    @property
    def dual(self) -> bool:
        """Whether the test is the one whose interval it is, so that one set of studies serves both."""
        return self.method not in ("binary", "ordinal")


def simulate(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    """Make one study with a planted difference and analyse it."""
    return _METHODS[scenario.method](scenario, difference, random)


@cache
def truth(scenario: Scenario, difference: float = PLANTED) -> float:
    """Return what the estimate aims at, in its own unit.

    For ordinal answers compared at one time that is the probability of scoring higher; for ordinal answers before and
    after, the difference of the mean answers; for shares, their difference.
    """
    if scenario.method == "binary":
        return float(stats.norm.cdf(difference) - 0.5)
    if scenario.outcome != "ordinal":
        return difference
    served, comparison = _answer_shares(difference), _answer_shares(0.0)
    if scenario.method == "ordinal":
        below = np.concatenate([[0.0], np.cumsum(comparison)[:-1]])
        return float(served @ (below + comparison / 2))
    return float((served - comparison) @ np.arange(len(served)))


def _answer_shares(shift: float) -> Floats:
    edges = np.array([-np.inf, *_CUTS, np.inf])
    return np.asarray(np.diff(stats.norm.cdf(edges - shift)), dtype=float)


def _noise(scenario: Scenario, random: np.random.Generator, n: int) -> Floats:
    """Return errors of mean nought and variance one."""
    return random.exponential(size=n) - 1 if scenario.outcome == "skewed" else random.normal(size=n)


def _people(scenario: Scenario, difference: float, random: np.random.Generator, everyone: bool) -> pd.DataFrame:
    """Return one row per person: site, arm, before, after (missing for those who left).

    After is half of before and of what is new, so that both have a variance of one; skewed changes are the new part.
    """
    n = scenario.clusters * scenario.people
    site = np.repeat(np.arange(scenario.clusters), scenario.people)
    served = np.ones(n) if everyone else (site % 2).astype(float)
    shared = np.sqrt(scenario.icc) * random.normal(size=scenario.clusters)[site]
    new = shared + np.sqrt(1 - scenario.icc) * _noise(scenario, random, n)
    before = random.normal(size=n)
    kept = 1.0 if scenario.outcome == "skewed" else _LASTING
    moved = kept * before + np.sqrt(1 - kept**2 if kept < 1 else 1.0) * new
    gone = random.uniform(size=n)
    share = np.full(n, scenario.attrition)
    if scenario.leaving == "worse":
        share = scenario.attrition * np.where(new < 0, 1.6, 0.4)
    after = moved + difference * served
    if scenario.outcome == "ordinal":
        before, after = (np.digitize(values, _CUTS).astype(float) for values in (before, after))
    after[gone < share] = np.nan
    return pd.DataFrame({"site": site, "arm": served, "before": before, "after": after})


def _sites(scenario: Scenario) -> str | None:
    return "site" if scenario.people > 1 and scenario.clusters > 1 else None


def _paired(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _people(scenario, difference, random, everyone=True)
    sites = frame["site"] if _sites(scenario) else None
    return paired_change(frame["before"], frame["after"], sites, "MC", draws=1, **dict(scenario.options))


def _differences(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _people(scenario, difference, random, everyone=False).assign(respondent=lambda rows: rows.index)
    long = pd.concat([frame.assign(wave=0, y=frame["before"]), frame.assign(wave=1, y=frame["after"])])
    return difference_in_differences(long, "y", clusters=_sites(scenario))


def _covariance(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _people(scenario, difference, random, everyone=False)
    return ancova(frame, "after", "arm", "before", _sites(scenario))


def _after_only(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _people(scenario, difference, random, everyone=False)
    return ancova(frame, "after", "arm", None, _sites(scenario))


def _selected(scenario: Scenario, difference: float, random: np.random.Generator) -> pd.DataFrame:
    """Return people of whom those who started lower were served more often: the groups are not alike."""
    n = scenario.clusters * scenario.people
    before, other = random.normal(size=n), random.normal(size=n)
    served = (random.uniform(size=n) < 1 / (1 + np.exp(1 + 0.7 * before - 0.3 * other))).astype(float)
    after = 0.5 * before + 0.3 * other + difference * served + 0.8 * _noise(scenario, random, n)
    after[random.uniform(size=n) < scenario.attrition] = np.nan
    return pd.DataFrame({"arm": served, "before": before, "other": other, "after": after}).dropna()


def _matched(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _selected(scenario, difference, random)
    found = match(frame, "arm", ["before", "other"])
    kept = frame.assign(pair=found.groups.to_numpy(), weight=found.weights.to_numpy())
    return ancova(kept[kept["weight"] > 0], "after", "arm", "before", "pair", covariates=["other"], weights="weight")


def _weighted(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _selected(scenario, difference, random)
    return weight(frame, "arm", ["before", "other"], outcome="after", **dict(scenario.options))


def _binary(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    n = scenario.clusters * scenario.people
    served = np.arange(n) % 2 == 1
    yes = random.normal(size=n) + difference * served > 0
    seen = random.uniform(size=n) >= scenario.attrition
    counts = [int(value) for arm in (served, ~served) for value in ((yes & arm & seen).sum(), (arm & seen).sum())]
    return binary_comparison(*counts)


def _ordinal(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    n = scenario.clusters * scenario.people
    served = np.arange(n) % 2
    answers = np.digitize(random.normal(size=n) + difference * served, _CUTS).astype(float)
    answers[random.uniform(size=n) < scenario.attrition] = np.nan
    return brunner_munzel(answers[served == 1], answers[served == 0])


def _series(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    errors = random.normal(size=scenario.people)
    errors[0] /= np.sqrt(1 - scenario.icc**2)
    for now in range(1, scenario.people):
        errors[now] += scenario.icc * errors[now - 1]
    period = np.arange(scenario.people)
    event = (period >= 2 * scenario.people // 3).astype(int)
    frame = pd.DataFrame({"indicator": "y", "period": period, "value": errors + difference * event, "event": event})
    return interrupted_series(frame, **dict(scenario.options))


def _pooled(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    variances = random.uniform(0.02, 0.2, scenario.clusters)
    effects = difference + np.sqrt(scenario.icc) * random.normal(size=scenario.clusters)
    shown = effects + np.sqrt(variances) * random.normal(size=scenario.clusters)
    return pool(shown, variances, **dict(scenario.options))


_METHODS: dict[str, Callable[[Scenario, float, np.random.Generator], Result]] = {
    "paired": _paired,
    "differences": _differences,
    "covariance": _covariance,
    "after_only": _after_only,
    "matched": _matched,
    "weighted": _weighted,
    "binary": _binary,
    "ordinal": _ordinal,
    "series": _series,
    "pooled": _pooled,
}

_BEFORE_AFTER = ("before_after", "before_after_trend")
_COMPARED = ("comparison", "waiting_list", "threshold", "lottery", "random")
_AFTER = ("after_only_comparison", "lottery", "random")
_SERIES = ("interrupted_series", "interrupted_series_control")
_SKEW = (("interval", "skew"),)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("paired_t", _BEFORE_AFTER, "paired", 1, 12),
    Scenario("paired_t_skewed", _BEFORE_AFTER, "paired", 1, 12, outcome="skewed"),
    Scenario("paired_skew", _BEFORE_AFTER, "paired", 1, 12, options=_SKEW),
    Scenario("paired_skew_skewed", _BEFORE_AFTER, "paired", 1, 12, outcome="skewed", options=_SKEW),
    Scenario("paired_skew_ordinal", _BEFORE_AFTER, "paired", 1, 20, outcome="ordinal", options=_SKEW),
    Scenario("paired_leaving", _BEFORE_AFTER, "paired", 1, 40, attrition=0.3, leaving="worse", options=_SKEW),
    Scenario("paired_sites", _BEFORE_AFTER, "paired", 8, 10, icc=0.1),
    Scenario("differences_few", _COMPARED, "differences", 8, 10, icc=0.1),
    Scenario("differences_sites", _COMPARED, "differences", 16, 10, icc=0.2),
    Scenario("differences_skewed", _COMPARED, "differences", 12, 10, icc=0.1, outcome="skewed"),
    Scenario("differences_ordinal", _COMPARED, "differences", 12, 10, outcome="ordinal"),
    Scenario("differences_people", _COMPARED, "differences", 40, 1),
    Scenario("differences_leaving", _COMPARED, "differences", 16, 10, icc=0.1, attrition=0.3, leaving="worse"),
    Scenario("covariance_sites", _COMPARED, "covariance", 10, 10, icc=0.1),
    Scenario("covariance_people", _COMPARED, "covariance", 40, 1, outcome="skewed"),
    Scenario("matched_pairs", _COMPARED, "matched", 1, 120, attrition=0.2),
    Scenario("weighted_entropy", _COMPARED, "weighted", 1, 120, options=(("method", "entropy"),)),
    Scenario("weighted_robust", _COMPARED, "weighted", 1, 120, options=(("method", "doubly_robust"),)),
    Scenario("after_people", _AFTER, "after_only", 40, 1, outcome="skewed"),
    Scenario("after_shares", _AFTER, "binary", 40, 1, outcome="binary"),
    Scenario("after_ordinal", _AFTER, "ordinal", 40, 1, outcome="ordinal"),
    Scenario("series_autoregressive", _SERIES, "series", 1, 36, icc=0.4, attrition=0.0, options=(("errors", "AR1"),)),
    Scenario("series_short", _SERIES, "series", 1, 20, icc=0.4, attrition=0.0, options=(("errors", "AR1"),)),
    Scenario("series_newey_west", _SERIES, "series", 1, 36, icc=0.4, attrition=0.0, options=(("errors", "HAC"),)),
    Scenario("pooled_few", ("portfolio",), "pooled", 5, 1, icc=0.1, attrition=0.0, options=(("test", "knha"),)),
    Scenario("pooled_more", ("portfolio",), "pooled", 12, 1, icc=0.1, attrition=0.0, options=(("test", "knha"),)),
    Scenario("pooled_adhoc", ("portfolio",), "pooled", 5, 1, icc=0.1, attrition=0.0, options=(("test", "adhoc"),)),
    Scenario("pooled_normal", ("portfolio",), "pooled", 5, 1, icc=0.1, attrition=0.0, options=(("test", "z"),)),
)
