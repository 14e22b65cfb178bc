"""All agreement coefficients with standard errors over a million units, beside ``krippendorff``, in one run.

Run it by hand: ``python tests/benchmarks/qualitative_agreement.py``. Absolute seconds depend on the machine; the ratios
count. ``krippendorff`` is not a dependency: install it beside, or the peer's row says that it is absent.
"""

import importlib
import time
import tracemalloc
from typing import NamedTuple

import numpy as np
import pandas as pd

from vises_methods.qualitative import agreement

UNITS, CODERS, MISSING = 1_000_000, 5, 0.1
COEFFICIENTS = ["percent", "fleiss_kappa", "conger_kappa", "brennan_prediger", "gwet_ac1", "krippendorff_alpha"]


class Cost(NamedTuple):
    """What a call took: seconds, and megabytes at its peak beyond what was there before."""

    seconds: float
    megabytes: float
    alpha: float


def ratings() -> pd.DataFrame:
    """Return five codes by five coders, who are right seven times in ten, a tenth missing."""
    draws = np.random.default_rng(1)
    truth = draws.integers(0, 5, UNITS)
    given = np.where(draws.random((UNITS, CODERS)) < 0.7, truth[:, None], draws.integers(0, 5, (UNITS, CODERS)))
    table = given.astype(float)
    table[draws.random(table.shape) < MISSING] = np.nan
    return pd.DataFrame(table)


def cost(call) -> Cost:
    """Return the best of three times, and the memory of a fourth."""
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        alpha = call()
        seconds.append(time.perf_counter() - begin)
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(min(seconds), peak / 2**20, alpha)


def main() -> None:
    """Print both costs and their ratios."""
    frame = ratings()
    ours = cost(lambda: agreement(frame, coefficient=COEFFICIENTS).estimates["estimate"].iloc[-1])
    print(f"six coefficients with errors   {ours.seconds:8.3f} s {ours.megabytes:8.0f} MB")  # noqa: T201
    first = frame.iloc[:10_000]
    drawn = cost(lambda: agreement(first, interval="bootstrap", resamples=1000).value)
    print(f"1000 resamples of 10,000 units {drawn.seconds:8.3f} s {drawn.megabytes:8.0f} MB")  # noqa: T201
    try:
        peer = importlib.import_module("krippendorff")
    except ImportError:
        print("krippendorff is not installed beside: no peer to compare with")  # noqa: T201
        return
    table = frame.to_numpy().T
    theirs = cost(lambda: peer.alpha(reliability_data=table, level_of_measurement="nominal"))
    print(f"krippendorff, nominal alpha    {theirs.seconds:8.3f} s {theirs.megabytes:8.0f} MB")  # noqa: T201
    assert abs(theirs.alpha - ours.alpha) < 1e-9
    print(f"ratios: time {ours.seconds / theirs.seconds:.3f}, memory {ours.megabytes / theirs.megabytes:.3f}")  # noqa: T201


if __name__ == "__main__":
    main()
