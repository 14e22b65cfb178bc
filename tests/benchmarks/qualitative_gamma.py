"""Gamma's best alignment of three coders with 300 units each, beside ``pygamma-agreement``, in one run.

Run it by hand: ``python tests/benchmarks/qualitative_gamma.py``. The peer is no dependency: install it beside, or its
row says that it is absent. It takes minutes.
"""

import importlib
import time

import numpy as np
import pandas as pd

from vises_methods.qualitative.alignment import Dissimilarity, Units, best_alignment

CODERS, UNITS = 3, 300


def continua() -> pd.DataFrame:
    """Return units that the coders set near one another, one value in five changed."""
    draws = np.random.default_rng(0)
    places = np.cumsum(draws.integers(20, 60, UNITS))
    rows = []
    for coder in range(CODERS):
        starts = places + draws.integers(-8, 9, UNITS)
        ends = starts + draws.integers(8, 25, UNITS)
        values = np.where(draws.random(UNITS) < 0.8, np.arange(UNITS) % 5, draws.integers(0, 5, UNITS))
        rows += [(f"c{coder}", int(s), int(e), int(v)) for s, e, v in zip(starts, ends, values, strict=True)]
    return pd.DataFrame(rows, columns=["coder", "start", "end", "value"])


def main() -> None:
    """Print the time of each and compare their disorders."""
    frame = continua()
    coders = [
        Units(own["start"].to_numpy(float), own["end"].to_numpy(float), own["value"].to_numpy())
        for _, own in frame.groupby("coder")
    ]
    begin = time.perf_counter()
    ours = best_alignment(coders, Dissimilarity()).disorder(coders)
    print(f"best alignment, 3 × 300 units   {time.perf_counter() - begin:8.2f} s")  # noqa: T201
    try:
        peer = importlib.import_module("pygamma_agreement")
        segment = importlib.import_module("pyannote.core").Segment
    except ImportError:
        print("pygamma-agreement is not installed beside: no peer to compare with")  # noqa: T201
        return
    continuum = peer.Continuum()
    for row in frame.itertuples():
        continuum.add(row.coder, segment(row.start, row.end), str(row.value))
    begin = time.perf_counter()
    theirs = continuum.get_best_alignment(peer.CombinedCategoricalDissimilarity(alpha=3, beta=1, delta_empty=1))
    print(f"pygamma-agreement               {time.perf_counter() - begin:8.2f} s")  # noqa: T201
    assert abs(theirs.disorder - ours) < 1e-4


if __name__ == "__main__":
    main()
