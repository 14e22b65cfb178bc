"""How often the 95 % interval of agreement holds the true value, when the units of one interview resemble one another.

``python3 run.py bench agreement_coverage [studies] [interviews …]`` prints the coverage of the bootstrap by interview
and of one by unit; a test runs it small. Interviews differ in how well they are read and in how often the code is
heard; the true value is that of sixty thousand of them.
"""

import sys

import numpy as np
import pandas as pd

from vises_methods.qualitative import agreement

COEFFICIENTS = ("krippendorff_alpha", "gwet_ac1")
UNITS, CODERS, MANY, RESAMPLES = 20, 3, 60_000, 400


def study(draws: np.random.Generator, interviews: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the ratings of one study, and the interview of each unit."""
    read_well = draws.beta(4, 1.5, (interviews, 1, 1))
    heard = draws.beta(1.2, 2.5, (interviews, 1, 1))
    truth = draws.random((interviews, UNITS, 1)) < heard
    read = draws.random((interviews, UNITS, CODERS)) < read_well
    guessed = draws.random((interviews, UNITS, CODERS)) < heard
    table = np.where(read, truth, guessed).reshape(-1, CODERS).astype(float)
    return pd.DataFrame(table), np.repeat(np.arange(interviews), UNITS)


def true_values() -> dict[str, float]:
    """Return what each coefficient is over very many interviews."""
    whole, _ = study(np.random.default_rng(0), MANY)
    found = agreement(whole, coefficient=COEFFICIENTS).estimates
    return dict(zip(found["measure"], found["estimate"], strict=True))


def coverage(interviews: int, studies: int, *, by_interview: bool) -> dict[str, float]:
    """Return, per coefficient, the share of studies whose interval holds the true value."""
    true, held = true_values(), dict.fromkeys(COEFFICIENTS, 0)
    for number in range(studies):
        ratings, interview = study(np.random.default_rng([interviews, number]), interviews)
        clusters = interview if by_interview else None
        asked = {"coefficient": COEFFICIENTS, "interval": "bootstrap", "resamples": RESAMPLES, "seed": number}
        rows = agreement(ratings, clusters=clusters, **asked).estimates.set_index("measure")
        for name in COEFFICIENTS:
            held[name] += bool(rows.loc[name, "low"] <= true[name] <= rows.loc[name, "high"])
    return {name: count / studies for name, count in held.items()}


def main() -> None:
    """Print the coverage for several numbers of interviews."""
    studies, *sizes = [int(word) for word in sys.argv[1:]] or [2000]
    for interviews in sizes or [8, 12, 20, 40]:
        for by_interview in (True, False):
            shares = coverage(interviews, studies, by_interview=by_interview)
            words = ", ".join(f"{name} {share:.3f}" for name, share in shares.items())
            print(f"{interviews} interviews, drawn by {'interview' if by_interview else 'unit'}: {words}")  # noqa: T201


if __name__ == "__main__":
    main()
