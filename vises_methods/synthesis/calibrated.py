"""How far the intervals of a design may be trusted: the rows of the simulation that concern it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from vises_methods.outcomes.inference import quantile
from vises_methods.results import NotEstimable, Result, fingerprint

CLOSE = (0.93, 0.97)
"""Coverage of an interval of 95 % that is called kept."""


def calibration_of(table: pd.DataFrame, designs: Sequence[str], /) -> Result:
    """Return how often intervals and tests of some designs kept their word over simulated studies.

    Parameters
    ----------
    table : DataFrame
        Of ``vises calibrate``: ``Enterprise.calibration`` or ``Study.calibration()``.
    designs : sequence of str
        Kinds of design, as ``Design.kind``; ``portfolio`` for pooling.

    Returns
    -------
    Result
        One row per scenario: ``estimate`` the coverage of intervals of 95 %, its Monte Carlo interval, n the simulated
        studies, ``size`` of the test at 0.05, ``silent`` (share without a p value), ``people`` in all and ``clusters``;
        ``verdict``: kept (93 to 97 %), narrow or wide. Not estimable where the table holds nothing on these designs.

    References
    ----------
    Morris, White & Crowther (2019), Statistics in Medicine 38, table 6.
    """
    wanted = set(designs)
    chosen = table[[bool(wanted & set(str(names).split())) for names in table["designs"]]] if len(table) else table
    rows = pd.DataFrame()
    if len(chosen):
        reach = quantile(0.95, None) * chosen["coverage_error"]
        rows = pd.DataFrame(
            {
                "measure": "coverage",
                "subject": "outcomes.calibration." + chosen["scenario"],
                "estimate": chosen["coverage"],
                "low": (chosen["coverage"] - reach).clip(0, 1),
                "high": (chosen["coverage"] + reach).clip(0, 1),
                "level": 0.95,
                "n": chosen["studies"],
                "coverage": 1.0,
                "size": chosen["size"],
                "silent": chosen["silent"],
                "clusters": chosen["clusters"],
                "verdict": [_verdict(value) for value in chosen["coverage"]],
            }
        )
    return Result(
        method="Calibration",
        reference="Morris, White & Crowther (2019), Statistics in Medicine 38, table 6",
        estimates=rows if len(rows) else pd.DataFrame(columns=["measure", "subject", "estimate", "verdict"]),
        options={"designs": sorted(wanted)},
        not_estimable=None if len(rows) else NotEstimable("synthesis.reasons.not_calibrated"),
        inputs={"table": fingerprint(table)},
    )


def _verdict(coverage: float) -> str:
    low, high = CLOSE
    return "narrow" if coverage < low else "wide" if coverage > high else "kept"
