"""Seconds of processor time beside those of COINr 1.1.14 on the same kind of data and machine.

Run it by hand: ``python tests/benchmarks/indicators_speed.py``. The figures of COINr (R 4.2.2) were taken once: 68
units, 45 indicators in a tree of four levels, 8 % missing; 1,000 replications over four choices; Sobol with N = 500.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

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
from vises_methods.results import Result

COINR = {
    "normalise, aggregate": 0.016,
    "impute, treat, normalise, aggregate": 0.089,
    "uncertainty, 1,000 draws": 130.0,
    "Sobol, N = 512": 468.0,
    "removal of each indicator": 5.9,
    "Copeland": 3.7,
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


def seconds(work: Callable[[], Result]) -> float:
    """Processor time of the second run: the first one fills caches."""
    work()
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Write the table."""
    values, tree = invented(68)
    scored = normalise(values, tree)
    work: dict[str, Callable[[], Result]] = {
        "normalise, aggregate": lambda: aggregate(normalise(values, tree), tree),
        "impute, treat, normalise, aggregate": lambda: compose(values, tree, RECIPE),
        "uncertainty, 1,000 draws": lambda: uncertainty(values, tree, RECIPE, ALTERNATIVES),
        "Sobol, N = 512": lambda: sobol_sensitivity(values, tree, RECIPE, ALTERNATIVES),
        "removal of each indicator": lambda: removal(values, tree, RECIPE),
        "Copeland": lambda: aggregate(scored, tree, method="copeland"),
    }
    for name, job in work.items():
        taken = seconds(job)
        sys.stdout.write(f"{name:40s} {taken:8.3f} s   COINr {COINR[name]:8.3f} s   {COINR[name] / taken:7.0f} ×\n")
    for units in (2_500, 10_000):
        many, _ = invented(units)
        taken = seconds(lambda many=many: uncertainty(many, tree, RECIPE, ALTERNATIVES, draws=100))  # type: ignore[misc]
        sys.stdout.write(f"uncertainty, 100 draws, {units:6d} units     {taken:8.3f} s\n")
    thousand = pd.DataFrame(np.random.default_rng(1).uniform(size=(1000, 11)))
    sys.stdout.write(f"benefit of the doubt, 1,000 units        {seconds(lambda: bod_scores(thousand)):8.3f} s\n")


if __name__ == "__main__":
    main()
