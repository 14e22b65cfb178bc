"""Effect sizes of a change in one group: 1 is the later time, 2 the earlier, ``ri`` the correlation of the two."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vises_methods.outcomes.effect_sizes_groups import correction
from vises_methods.outcomes.requirements import Floats

Pair = tuple[Floats, Floats]
_CHANGE = ("m1i", "sd1i", "m2i", "sd2i", "ni", "ri")


def _spread_of_change(sd1i: Floats, sd2i: Floats, ri: Floats) -> Floats:
    return sd1i**2 + sd2i**2 - 2 * ri * sd1i * sd2i


def _mean_change(m1i: Floats, sd1i: Floats, m2i: Floats, sd2i: Floats, ni: Floats, ri: Floats) -> Pair:
    return m1i - m2i, _spread_of_change(sd1i, sd2i, ri) / ni


def _by_change(m1i: Floats, sd1i: Floats, m2i: Floats, sd2i: Floats, ni: Floats, ri: Floats) -> Pair:
    """Gibbons, Hedeker and Davis 1993; the yardstick is the standard deviation of the change."""
    yi = correction(ni - 1) * (m1i - m2i) / np.sqrt(_spread_of_change(sd1i, sd2i, ri))
    return yi, 1 / ni + yi**2 / (2 * ni)


def _by_raw_score(m1i: Floats, sd1i: Floats, m2i: Floats, ni: Floats, ri: Floats, sd2i: Floats | None = None) -> Pair:
    """Becker 1988, British Journal of Mathematical and Statistical Psychology 41:257-278 (``sd2i`` is not used)."""
    del sd2i
    yi = correction(ni - 1) * (m1i - m2i) / sd1i
    return yi, 2 * (1 - ri) / ni + yi**2 / (2 * ni)


def _by_raw_score_unequal(m1i: Floats, sd1i: Floats, m2i: Floats, sd2i: Floats, ni: Floats, ri: Floats) -> Pair:
    """As ``SMCR`` with the variance for unequal standard deviations (Bonett 2008), corrected as metafor does."""
    factor = correction(ni - 1)
    yi = factor * (m1i - m2i) / sd1i
    vi = _spread_of_change(sd1i, sd2i, ri) / (sd1i**2 * (ni - 1)) + yi**2 / (2 * (ni - 1))
    return yi, factor**2 * vi


def _log_ratio(m1i: Floats, sd1i: Floats, m2i: Floats, sd2i: Floats, ni: Floats, ri: Floats) -> Pair:
    one, two = sd1i / m1i, sd2i / m2i
    return np.log(m1i / m2i), (one**2 + two**2 - 2 * ri * one * two) / ni


def _log_variation(m1i: Floats, sd1i: Floats, m2i: Floats, sd2i: Floats, ni: Floats, ri: Floats) -> Pair:
    one, two = sd1i / m1i, sd2i / m2i
    vi = (1 - ri**2) / (ni - 1) + (one**2 + two**2 - 2 * ri * one * two) / ni
    return np.log(one / two), vi


def _log_variability(
    sd1i: Floats, sd2i: Floats, ni: Floats, ri: Floats, m1i: Floats | None = None, m2i: Floats | None = None
) -> Pair:
    """Means may be given, as for the other measures, and are not used."""
    del m1i, m2i
    return np.log(sd1i / sd2i), (1 - ri**2) / (ni - 1)


FORMULAS: dict[str, tuple[Callable[..., Pair], tuple[str, ...]]] = {
    "MC": (_mean_change, _CHANGE),
    "SMCC": (_by_change, _CHANGE),
    "SMCR": (_by_raw_score, _CHANGE),
    "SMCRH": (_by_raw_score_unequal, _CHANGE),
    "ROMC": (_log_ratio, _CHANGE),
    "CVRC": (_log_variation, _CHANGE),
    "VRC": (_log_variability, _CHANGE),
}
