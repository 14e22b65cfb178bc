"""Simulated studies with planted truth: do the intervals hold it as often as they say, do the tests keep their size?

Run ``python -m vises_methods.outcomes.calibration`` for the table of all scenarios, 2,000 studies each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import click
import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.outcomes.change import paired_change
from vises_methods.outcomes.comparison import ancova, difference_in_differences
from vises_methods.outcomes.ordinal import brunner_munzel
from vises_methods.outcomes.pooling import pool
from vises_methods.outcomes.requirements import Floats
from vises_methods.outcomes.series import interrupted_series
from vises_methods.randomness import generator
from vises_methods.results import Result

PLANTED = 0.5
_CUTS = (-1.0, 0.0, 0.8)


@dataclass(frozen=True)
class Scenario:
    """How studies are made: design, size, what hangs together, who leaves, how the outcome is distributed."""

    design: str
    clusters: int = 8
    people: int = 10
    icc: float = 0.1
    attrition: float = 0.2
    outcome: str = "normal"


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("paired change", clusters=1, people=12, icc=0.0),
    Scenario("paired change", clusters=1, people=12, icc=0.0, outcome="skewed"),
    Scenario("paired change by sites", clusters=8),
    Scenario("difference in differences", clusters=8),
    Scenario("difference in differences", clusters=16, icc=0.2),
    Scenario("difference in differences", clusters=12, outcome="skewed"),
    Scenario("difference in differences, people independent", clusters=40, people=1, icc=0.0),
    Scenario("analysis of covariance", clusters=10),
    Scenario("relative effect (Brunner-Munzel)", clusters=40, people=1, icc=0.0, outcome="ordinal"),
    Scenario("interrupted series, AR(1)", clusters=1, people=36, icc=0.4, attrition=0.0),
    Scenario("pooled mean, Knapp-Hartung", clusters=12, attrition=0.0),
)


def calibrate(studies: int = 2000, seed: int = 0, scenarios: Sequence[Scenario] = SCENARIOS) -> pd.DataFrame:
    """Simulate studies of every scenario and count how often intervals hold the truth and tests reject nothing.

    Parameters
    ----------
    studies : int
        Per scenario, for coverage (a planted difference of half a standard deviation) and again for size (none).
    seed : int
    scenarios : sequence of Scenario

    Returns
    -------
    DataFrame
        Per scenario: ``coverage`` of 95 % intervals, ``size`` of the test at 0.05 (of the studies that give a p
        value), ``silent`` (share without one), ``width`` (mean), ``error`` (Monte Carlo standard error of the
        coverage), ``studies``.

    References
    ----------
    Morris, T. P., White, I. R. and Crowther, M. J. (2019). Statistics in Medicine 38:2074-2102, table 6.

    Examples
    --------
    >>> calibrate(4, scenarios=SCENARIOS[:1])[["design", "studies"]].values.tolist()
    [['paired change', 4]]
    """
    return pd.DataFrame([_scenario(scenario, studies, seed) for scenario in scenarios])


def _scenario(scenario: Scenario, studies: int, seed: int) -> dict[str, Any]:
    name = "|".join(map(str, vars(scenario).values()))
    random = generator(seed, "calibration", name)
    run = _DESIGNS[scenario.design]
    truth = _truth(scenario.outcome, PLANTED)
    held, widths = [], []
    for _ in range(studies):
        row = run(scenario, PLANTED, random).estimates.iloc[0]
        if not pd.isna(row["low"]):
            held.append(row["low"] <= truth <= row["high"])
            widths.append(row["high"] - row["low"])
    p = [run(scenario, 0.0, random).estimates["p"].iloc[0] for _ in range(studies)]
    given = np.array([value for value in p if value is not None and not pd.isna(value)], dtype=float)
    coverage = float(np.mean(held)) if held else None
    return {
        **vars(scenario),
        "coverage": coverage,
        "size": float((given < 0.05).mean()) if len(given) else None,
        "silent": 1 - len(given) / studies,
        "width": float(np.mean(widths)) if widths else None,
        "error": float(np.sqrt(coverage * (1 - coverage) / len(held))) if coverage is not None else None,
        "studies": studies,
    }


def _noise(scenario: Scenario, random: np.random.Generator, shape: int | tuple[int, ...]) -> Floats:
    """Return errors of mean nought and variance one."""
    if scenario.outcome == "skewed":
        return random.exponential(size=shape) - 1
    return random.normal(size=shape)


def _people(scenario: Scenario, difference: float, random: np.random.Generator) -> pd.DataFrame:
    """Return one row per person: site, arm, before, after (missing for those who left)."""
    n = scenario.clusters * scenario.people
    site = np.repeat(np.arange(scenario.clusters), scenario.people)
    served = (site % 2).astype(float) if scenario.clusters > 1 else np.ones(n)
    shared = np.sqrt(scenario.icc) * random.normal(size=scenario.clusters)[site]
    change = shared + np.sqrt(1 - scenario.icc) * _noise(scenario, random, n)
    before = random.normal(size=n)
    after = before + difference * served + change
    after[random.uniform(size=n) < scenario.attrition] = np.nan
    return pd.DataFrame({"site": site, "arm": served, "before": before, "after": after})


def _paired(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _people(scenario, difference, random)
    return paired_change(frame["before"], frame["after"], measure="MC", draws=1)


def _paired_sites(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _people(scenario, difference, random)
    frame["after"] += difference * (1 - frame["arm"])
    return paired_change(frame["before"], frame["after"], frame["site"], measure="MC", draws=1)


def _differences(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    frame = _people(scenario, difference, random).assign(respondent=lambda rows: rows.index)
    long = pd.concat([frame.assign(wave=0, y=frame["before"]), frame.assign(wave=1, y=frame["after"])])
    clusters = "site" if scenario.people > 1 else None
    return difference_in_differences(long, "y", clusters=clusters)


def _covariance(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    return ancova(_people(scenario, difference, random), "after", "arm", "before", "site")


def _ordinal(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    n = scenario.clusters * scenario.people
    served = np.arange(n) % 2
    answers = np.digitize(random.normal(size=n) + difference * served, _CUTS).astype(float)
    answers[random.uniform(size=n) < scenario.attrition] = np.nan
    return brunner_munzel(answers[served == 1], answers[served == 0])


def _series(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    errors = np.zeros(scenario.people)
    for now in range(1, scenario.people):
        errors[now] = scenario.icc * errors[now - 1] + random.normal()
    period = np.arange(scenario.people)
    event = (period >= 2 * scenario.people // 3).astype(int)
    frame = pd.DataFrame({"indicator": "y", "period": period, "value": errors + difference * event, "event": event})
    return interrupted_series(frame, errors="AR1")


def _pooled(scenario: Scenario, difference: float, random: np.random.Generator) -> Result:
    variances = random.uniform(0.02, 0.2, scenario.clusters)
    effects = difference + np.sqrt(scenario.icc) * random.normal(size=scenario.clusters)
    return pool(effects + np.sqrt(variances) * random.normal(size=scenario.clusters), variances, test="knha")


_DESIGNS: dict[str, Callable[[Scenario, float, np.random.Generator], Result]] = {
    "paired change": _paired,
    "paired change by sites": _paired_sites,
    "difference in differences": _differences,
    "difference in differences, people independent": _differences,
    "analysis of covariance": _covariance,
    "relative effect (Brunner-Munzel)": _ordinal,
    "interrupted series, AR(1)": _series,
    "pooled mean, Knapp-Hartung": _pooled,
}


@cache
def _truth(outcome: str, difference: float) -> float:
    """Return what the estimate aims at: the difference, or for ordinal answers the probability of scoring higher."""
    if outcome != "ordinal":
        return difference
    edges = np.array([-np.inf, *_CUTS, np.inf])
    served, comparison = (np.diff(stats.norm.cdf(edges - shift)) for shift in (difference, 0.0))
    below = np.concatenate([[0.0], np.cumsum(comparison)[:-1]])
    return float(served @ (below + comparison / 2))


@click.command()
@click.option("--studies", default=2000, show_default=True, help="Studies per scenario.")
@click.option("--seed", default=0, show_default=True)
def main(studies: int, seed: int) -> None:
    """Print coverage and size of every scenario as CSV."""
    click.echo(calibrate(studies, seed).round(4).to_csv(index=False), nl=False)


if __name__ == "__main__":
    main()
