"""Seconds of processor time beside COINr 1.1.14 on the same kind of data and machine, and beside Python's packages.

``python3 run.py bench indicators_speed`` measures them in one run. COINr (R 4.2.2) was measured once: 68 units, 45
indicators in a tree of four levels, 8 % missing; 1,000 replications over four choices; Sobol with N = 500.
"""

from __future__ import annotations

import importlib.util
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import click
import numpy as np
import pandas as pd

from vises_methods.indicators import (
    IndicatorTree,
    aggregate,
    bod_scores,
    compose,
    normalise,
    removal,
    sobol_sensitivity,
    uncertainty,
)

COINR = {
    "normalise, aggregate": 0.016,
    "impute, treat, normalise, aggregate": 0.089,
    "uncertainty, 1,000 draws": 130.0,
    "Sobol, N = 512": 468.0,
    "removal of each indicator": 5.9,
    "Copeland": 3.7,
    "Copeland, 500 units": 202.0,
}
RECIPE = {"imputation": "mean", "treatment": {}, "normalisation": "minmax", "low": 1.0}
ALTERNATIVES = {
    "imputation": ["mean", "median"],
    "treatment": [{"max_winsorised": most} for most in (1, 2, 3, 4, 5)],
    "normalisation": [
        {"normalisation": "minmax", "low": 1, "high": 100},
        {"normalisation": "zscore", "mean": 100, "sd": 10},
    ],
    "aggregation": ["arithmetic", "geometric", "harmonic"],
}
GROWING = (1_000, 2_500, 5_000, 10_000)


def invented(units: int) -> tuple[pd.DataFrame, IndicatorTree]:
    """Skewed values with 8 % missing, in a tree of four levels."""
    leaves = [f"i{n}" for n in range(45)]
    parents = [None, "top", "top", *["A" if n < 5 else "B" for n in range(8)], *[f"p{n % 8}" for n in range(45)]]
    codes = ["top", "A", "B", *[f"p{n}" for n in range(8)], *leaves]
    draws = np.random.default_rng(0)
    values = draws.lognormal(size=(units, 45))
    values[draws.uniform(size=values.shape) < 0.08] = np.nan
    frame = pd.DataFrame(values, columns=leaves, index=[f"u{n}" for n in range(units)])
    return frame, IndicatorTree.from_frame(pd.DataFrame({"code": codes, "parent": parents}))


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Processor time of the quickest of some runs, after a first one that fills caches."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def beside_coinr() -> None:
    """Write the figures of COINr beside ours."""
    values, tree = invented(68)
    scored = normalise(values, tree)
    more, _ = invented(500)
    scored_more = normalise(more, tree)
    work: dict[str, Callable[[], Any]] = {
        "normalise, aggregate": lambda: aggregate(normalise(values, tree), tree),
        "impute, treat, normalise, aggregate": lambda: compose(values, tree, RECIPE),
        "uncertainty, 1,000 draws": lambda: uncertainty(values, tree, RECIPE, ALTERNATIVES),
        "Sobol, N = 512": lambda: sobol_sensitivity(values, tree, RECIPE, ALTERNATIVES),
        "removal of each indicator": lambda: removal(values, tree, RECIPE),
        "Copeland": lambda: aggregate(scored, tree, method="copeland"),
        "Copeland, 500 units": lambda: aggregate(scored_more, tree, method="copeland"),
    }
    for name, job in work.items():
        taken = seconds(job, 100 if name == "Copeland" else 3)
        click.echo(f"{name:40s} {taken:8.4f} s   COINr {COINR[name]:8.3f} s   {COINR[name] / taken:7.0f} ×")


def beside_python_packages() -> None:
    """Write what the installed peers take for the same task: sets of weights drawn at random, and Copeland."""
    random = np.random.default_rng(2)
    matrix = random.uniform(1, 10, size=(68, 45))
    flat = pd.DataFrame({"code": ["top", *[f"i{n}" for n in range(45)]], "parent": [None, *["top"] * 45]})
    tree = IndicatorTree.from_frame(flat)
    values = pd.DataFrame(matrix, columns=tree.indicators)
    if importlib.util.find_spec("pymcdm"):
        from pymcdm.methods import TOPSIS

        method, kinds, sets = TOPSIS(), np.ones(45), random.dirichlet(np.ones(45), size=1000)
        theirs = seconds(lambda: [method(matrix, weights, kinds) for weights in sets])
        ours = seconds(lambda: uncertainty(values, tree, None, {"weight_noise": 1.0}))
        click.echo(f"1,000 draws of weights {ours:25.4f} s   pymcdm {theirs:7.3f} s   {theirs / ours:7.1f} ×")
    if importlib.util.find_spec("pyDecision"):
        from pyDecision.algorithm import copeland_method

        kinds = ["max"] * 45
        theirs = seconds(lambda: copeland_method(matrix, kinds, graph=False, verbose=False))
        scored = normalise(values, tree)
        ours = seconds(lambda: aggregate(scored, tree, method="copeland"), 20)
        click.echo(f"Copeland, 45 indicators {ours:24.4f} s   pyDecision {theirs:.3f} s   {theirs / ours:7.1f} ×")


def growing() -> None:
    """Write seconds and peak memory of 100 draws for more and more enterprises; both grow no faster than they do."""
    for units in GROWING:
        many, tree = invented(units)
        taken = seconds(lambda many=many, tree=tree: uncertainty(many, tree, RECIPE, ALTERNATIVES, draws=100), 1)  # type: ignore[misc]
        tracemalloc.start()
        uncertainty(many, tree, RECIPE, ALTERNATIVES, draws=100)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        a_unit = f"{taken / units * 1e3:6.3f} ms and {peak / units * 1e3:6.1f} kB a unit"
        click.echo(f"uncertainty, 100 draws, {units:6d} units {taken:10.3f} s {peak:8.0f} MB   {a_unit}")


def main() -> None:
    """Write the tables."""
    beside_coinr()
    beside_python_packages()
    growing()
    thousand = pd.DataFrame(np.random.default_rng(1).uniform(size=(1000, 11)))
    click.echo(f"benefit of the doubt, 1,000 units        {seconds(lambda: bod_scores(thousand), 1):8.3f} s")


if __name__ == "__main__":
    main()
