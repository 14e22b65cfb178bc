"""Simulated studies with planted truth: do the intervals hold it as often as they say, do the tests keep their size?

``vises calibrate`` writes the table of all scenarios, 2,000 studies each, that notebook 05 shows beside its results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.outcomes.inference import two_sided_p
from vises_methods.outcomes.requirements import require_range
from vises_methods.outcomes.scenarios import PLANTED, SCENARIOS, Scenario, simulate, truth
from vises_methods.randomness import generator

BLOCK = 25
SIZE = 0.05
COLUMNS = ("scenario", "designs", "method", "clusters", "people", "icc", "attrition", "outcome", "leaving", "studies",
           "coverage", "coverage_error", "size", "size_error", "silent", "width", "first_block")  # fmt: skip
"""Of the table; ``first_block`` counts the intervals of the first 25 studies that hold the truth, and their width."""


def calibrate(
    studies: int = 2000,
    seed: int = 0,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Simulate studies of every scenario and count how often intervals hold the truth and tests reject it.

    Parameters
    ----------
    studies : int
        Per scenario, in blocks of 25.
    seed : int
    scenarios : sequence of Scenario
    jobs : int
        Processes; the table does not depend on it.
    progress : callable, optional
        Called with the blocks done and all blocks.

    Returns
    -------
    DataFrame
        Per scenario: ``coverage`` of 95 % intervals; ``size``, the share of studies in which the test at 0.05 rejects
        what is true: the planted difference where interval and test are two sides of one thing, else no difference in
        as many studies without one; ``coverage_error`` and ``size_error``, their Monte Carlo standard errors;
        ``silent``, the share of studies without a p value; ``width`` of the intervals (mean).

    References
    ----------
    Morris, T. P., White, I. R. and Crowther, M. J. (2019). Statistics in Medicine 38:2074-2102, table 6.

    Examples
    --------
    >>> calibrate(25, scenarios=SCENARIOS[:1])[["scenario", "studies"]].values.tolist()
    [['paired_t', 25]]
    """
    require_range(studies, 0, np.inf, "calibrate(studies=)")
    blocks = range(-(-studies // BLOCK))
    tasks = list(product(scenarios, blocks))
    counted: dict[str, list[pd.DataFrame]] = {scenario.name: [] for scenario in scenarios}
    for done, (scenario, part) in enumerate(_carried_out(tasks, seed, jobs), 1):
        counted[scenario.name].append(part)
        if progress is not None:
            progress(done, len(tasks))
    return pd.DataFrame([_row(scenario, counted[scenario.name]) for scenario in scenarios], columns=list(COLUMNS))


def _carried_out(
    tasks: Sequence[tuple[Scenario, int]], seed: int, jobs: int
) -> Iterator[tuple[Scenario, pd.DataFrame]]:
    if jobs == 1:
        yield from map(partial(_block, seed=seed), tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(_block, seed=seed), tasks)


def _block(task: tuple[Scenario, int], seed: int) -> tuple[Scenario, pd.DataFrame]:
    """Return per study of a block: whether the interval holds the truth, its width, whether the test rejects."""
    scenario, block = task
    random = generator(seed, "calibration", scenario.name, str(block))
    aim = truth(scenario)
    rows = []
    for _ in range(BLOCK):
        found = _first(simulate(scenario, PLANTED, random).estimates)
        tested = found if scenario.dual else _first(simulate(scenario, 0.0, random).estimates)
        known = found["low"] is not None
        rows.append(
            {
                "held": found["low"] <= aim <= found["high"] if known else None,
                "width": found["high"] - found["low"] if known else None,
                "rejected": _rejects(tested, aim, scenario.dual),
            }
        )
    return scenario, pd.DataFrame(rows, dtype=float)


def _first(estimates: pd.DataFrame) -> dict[str, Any]:
    row = estimates.iloc[0]
    return {name: None if name not in row or pd.isna(row[name]) else row[name]
            for name in ("estimate", "low", "high", "se", "df", "p")}  # fmt: skip


def _rejects(row: dict[str, Any], aim: float, dual: bool) -> float | None:
    if row["p"] is None:
        return None
    if not dual:
        return float(row["p"] < SIZE)
    if row["se"] is None:
        return float(not row["low"] <= aim <= row["high"])
    outside = not row["low"] <= aim <= row["high"]
    return float(outside and two_sided_p((row["estimate"] - aim) / row["se"], row["df"]) < SIZE)


def _row(scenario: Scenario, parts: Sequence[pd.DataFrame]) -> dict[str, Any]:
    every = pd.concat(parts, ignore_index=True)
    held, rejected = every["held"].dropna(), every["rejected"].dropna()
    described = {name: getattr(scenario, name) for name in COLUMNS[2:9]}
    return {
        "scenario": scenario.name,
        "designs": " ".join(scenario.designs),
        **described,
        "studies": len(every),
        **_share("coverage", held),
        **_share("size", rejected),
        "silent": 1 - len(rejected) / len(every),
        "width": float(every["width"].mean()),
        "first_block": f"{int(parts[0]['held'].sum())}/{parts[0]['width'].mean():.4f}",
    }


def _share(name: str, values: pd.Series) -> dict[str, float | None]:
    if values.empty:
        return {name: None, f"{name}_error": None}
    share = float(values.mean())
    return {name: share, f"{name}_error": float(np.sqrt(share * (1 - share) / len(values)))}


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write the table as CSV with four digits, the same bytes on every system."""
    text = table.round(4).to_csv(index=False, lineterminator="\n")
    path.write_text(text, encoding="utf-8", newline="\n")
