"""All agreement coefficients with standard errors, and the bootstrap, beside their peers in one run.

``python3 run.py bench qualitative_agreement`` lays ``krippendorff`` and ``qdapy`` over the environment; a peer that is
absent is said to be. Processor time is taken, in turns with the peer, so that other work on the machine weighs on both;
the ratios count, not the seconds.
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
RESAMPLES, RESAMPLED_UNITS = 1000, 10_000
TIMED = (25, 50)
"""Resamples at the peer that are timed: twice as many must take twice as long before the rest is reckoned."""


class Cost(NamedTuple):
    """What a call took: processor seconds, and megabytes at its peak beyond what was there before."""

    seconds: float
    megabytes: float
    value: float


def ratings() -> pd.DataFrame:
    """Return five codes by five coders, who are right seven times in ten, a tenth missing."""
    draws = np.random.default_rng(1)
    truth = draws.integers(0, 5, UNITS)
    given = np.where(draws.random((UNITS, CODERS)) < 0.7, truth[:, None], draws.integers(0, 5, (UNITS, CODERS)))
    table = given.astype(float)
    table[draws.random(table.shape) < MISSING] = np.nan
    return pd.DataFrame(table)


def seconds_of(call) -> tuple[float, float]:
    """Return the processor seconds of a call, and its value."""
    begin = time.process_time()
    value = call()
    return time.process_time() - begin, value


def megabytes_of(call) -> float:
    """Return the peak of what a call allocates."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def in_turns(*calls, rounds=5) -> list[Cost]:
    """Return the best of the times of each call, taken in turns after one round that does not count."""
    taken = [[seconds_of(call) for call in calls] for _ in range(rounds + 1)][1:]
    columns = list(zip(*taken, strict=True))
    return [
        Cost(min(seconds for seconds, _ in column), megabytes_of(call), column[0][1])
        for call, column in zip(calls, columns, strict=True)
    ]


def say(what: str, cost: Cost) -> None:
    """Print what a call took."""
    print(f"{what:58s} {cost.seconds:9.3f} s {cost.megabytes:7.0f} MB")  # noqa: T201


def peer(name: str):
    """Return a peer's module, or None with a word that it is absent."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed beside: nothing to compare with")  # noqa: T201
        return None


def coefficients_in_one_pass(frame: pd.DataFrame) -> None:
    """Print the cost of six coefficients for numbers, categories and texts, and that of one at the peer."""
    kinds = {"numbers": frame, "categories": frame.astype("category"), "texts": frame.map(_as_text)}
    calls = {
        f"six coefficients with errors, 1e6 × 5 {kind}": lambda own=own: (
            agreement(own, coefficient=COEFFICIENTS).estimates["estimate"].iloc[-1]
        )
        for kind, own in kinds.items()
    }
    krippendorff = peer("krippendorff")
    if krippendorff is not None:
        table = frame.to_numpy().T
        calls["krippendorff, nominal alpha, 1e6 × 5 numbers"] = lambda: krippendorff.alpha(
            reliability_data=table, level_of_measurement="nominal"
        )
        written = kinds["texts"].fillna("nan").to_numpy().T.astype("U6")
        calls["krippendorff, nominal alpha, 1e6 × 5 texts"] = lambda: krippendorff.alpha(
            reliability_data=written, level_of_measurement="nominal"
        )
    costs = dict(zip(calls, in_turns(*calls.values()), strict=True))
    for what, cost in costs.items():
        say(what, cost)
    if krippendorff is not None:
        ours, _, our_texts, theirs, their_texts = costs.values()
        assert all(abs(cost.value - theirs.value) < 1e-9 for cost in costs.values())
        say_ratios(ours, theirs)
        say_ratios(our_texts, their_texts)


def _as_text(value: float) -> str | None:
    return None if np.isnan(value) else f"code {value:.0f}"


def bootstrap(frame: pd.DataFrame) -> None:
    """Print the cost of a thousand resamples, and that of as many at the peer, reckoned from fewer."""
    part = frame.iloc[:RESAMPLED_UNITS]
    texts = part.map(_as_text)

    def ours() -> float:
        return agreement(part, coefficient="fleiss_kappa", interval="bootstrap", resamples=RESAMPLES).low

    qdapy = peer("qdapy")
    if qdapy is None:
        say(f"{RESAMPLES} resamples of {RESAMPLED_UNITS} units", *in_turns(ours))
        return
    texts.attrs["multi"] = 0

    def theirs(draws: int) -> float:
        for draw in range(draws):
            value = qdapy.fleiss(texts.sample(frac=1, replace=True, random_state=draw))
        return value

    (own,) = in_turns(ours)
    (half, _), (seconds, value) = (seconds_of(lambda draws=draws: theirs(draws)) for draws in TIMED)
    one = megabytes_of(lambda: qdapy.fleiss(texts.sample(frac=1, replace=True, random_state=0)))
    other = Cost(seconds * RESAMPLES / TIMED[1], one, value)
    say(f"{RESAMPLES} resamples of {RESAMPLED_UNITS} units, Fleiss' kappa", own)
    say(f"qdapy.fleiss, reckoned from {TIMED[1]} ({seconds:.1f} s; {TIMED[0]}: {half:.1f} s)", other)
    say_ratios(own, other)


def say_ratios(ours: Cost, theirs: Cost) -> None:
    """Print how our cost compares with the peer's."""
    time_ratio, memory_ratio = ours.seconds / theirs.seconds, ours.megabytes / theirs.megabytes
    print(f"ratios: time {time_ratio:.4f} (1/{1 / time_ratio:.0f}), memory {memory_ratio:.3f}")  # noqa: T201


def main() -> None:
    """Print the costs and their ratios."""
    frame = ratings()
    coefficients_in_one_pass(frame)
    bootstrap(frame)


if __name__ == "__main__":
    main()
