"""A change in standard units, by the name of its yardstick: values, limits, and each person's part in the error."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from vises_methods.outcomes.effect_sizes import effect_size, hedges_factor
from vises_methods.outcomes.inference import quantile, stated_row
from vises_methods.outcomes.requirements import Floats
from vises_methods.outcomes.standardised import noncentral_limits

PairedMeasure = Literal["SMCR", "SMCC", "d_z", "g_z", "d_av", "d_rm", "MC"]
PAIRED_MEASURES: tuple[str, ...] = ("SMCR", "SMCC", "d_z", "g_z", "d_av", "d_rm", "MC")
CORRELATED: tuple[str, ...] = ("SMCR", "SMCC", "d_rm")
"""Those whose yardstick or error needs people to differ both before and after."""


def flat(x: Floats, y: Floats) -> bool:
    """Return whether all people began, or ended, at one point."""
    return bool(np.ptp(x) == 0 or np.ptp(y) == 0)


def standardised(x: Floats, y: Floats, measure: PairedMeasure) -> tuple[float, float]:
    """Return the standardised change and the factor on its numerator over the yardstick."""
    factor = float(hedges_factor(len(x) - 1)) if measure in ("SMCR", "SMCC", "g_z") else 1.0
    scale = factor / _yardstick(x, y, measure)
    return float((y - x).mean() * scale), scale


def _yardstick(x: Floats, y: Floats, measure: PairedMeasure) -> float:
    if measure == "SMCR":
        return float(x.std(ddof=1))
    if measure == "d_av":
        return float(np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2))
    spread = float((y - x).std(ddof=1))
    return spread / float(np.sqrt(2 * (1 - np.corrcoef(x, y)[0, 1]))) if measure == "d_rm" else spread


def normal_theory(
    x: Floats, y: Floats, measure: PairedMeasure, value: float, subject: str, known: dict[str, Any]
) -> dict[str, Any]:
    """Return the row of a standardised change of independent people, with the limits that its name goes with."""
    n, r = len(x), 0.0 if flat(x, y) else float(np.corrcoef(x, y)[0, 1])
    if measure in ("d_z", "g_z"):
        factor = float(hedges_factor(n - 1)) if measure == "g_z" else 1.0
        low, high = noncentral_limits(value / factor * np.sqrt(n), n - 1.0, known["level"])
        scale = factor / float(np.sqrt(n))
        return stated_row(measure, subject, value, **known, low=low * scale, high=high * scale, df=n - 1.0)
    if measure == "d_av":
        variances, mean = np.array([x.var(ddof=1), y.var(ddof=1)]), (x.var(ddof=1) + y.var(ddof=1)) / 2
        both = (variances**2).sum() + 2 * r**2 * variances.prod()
        vi = value**2 * both / (8 * mean**2 * (n - 1)) + (y - x).var(ddof=1) / (mean * (n - 1))
    elif measure == "d_rm":
        vi = (1 / n + (value / np.sqrt(2 * (1 - r))) ** 2 / (2 * n)) * 2 * (1 - r)
    else:
        yardstick = x if measure == "SMCR" else y
        vi = effect_size(
            measure, m1i=[y.mean()], sd1i=[yardstick.std(ddof=1)], m2i=[x.mean()], sd2i=[x.std(ddof=1)], ni=[n], ri=[r]
        )["vi"].iloc[0]  # fmt: skip
    se = float(np.sqrt(vi))
    reach = quantile(known["level"], None) * se
    return stated_row(measure, subject, value, **known, low=value - reach, high=value + reach, se=se)


def influence_of_people(x: Floats, y: Floats, measure: PairedMeasure, value: float, scale: float) -> Floats:
    """Return one value per person whose mean is the estimate and whose spread its sampling error (delta method)."""
    if measure == "SMCR":
        stretch = (x - x.mean()) ** 2 / x.var(ddof=1) - 1
    elif measure == "d_av":
        total = x.var(ddof=1) + y.var(ddof=1)
        stretch = ((x - x.mean()) ** 2 + (y - y.mean()) ** 2) / total - 1
    else:
        change = y - x
        stretch = (change - change.mean()) ** 2 / change.var(ddof=1) - 1
    return np.asarray((y - x) * scale - value / 2 * stretch, dtype=float)
