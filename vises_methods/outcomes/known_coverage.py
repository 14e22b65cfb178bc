"""Intervals that are known to be too narrow: the nearest simulated situation is told beside the result.

The numbers are those of ``vises calibrate`` (``data/reference/calibration.csv``); a test holds them together.
"""

from __future__ import annotations

import numpy as np

from vises_methods.outcomes.requirements import Floats
from vises_methods.results import Notice

HELD = {"newey_west": 0.75, "skewed_few": 0.89, "leaving": 0.87, "normal_pooling": 0.90}
"""Share of 2,000 simulated studies whose interval of 95 % held the truth."""
SCENARIOS = {
    "newey_west": "series_newey_west",
    "skewed_few": "paired_t_skewed",
    "leaving": "paired_leaving",
    "normal_pooling": "pooled_normal",
}
"""The row of the table that each number is from."""
FEW_PERIODS, FEW_PEOPLE, SKEWED, MANY_LEFT, FEW_ENTERPRISES = 100, 30, 1.0, 0.8, 20


def known_narrow(name: str) -> Notice:
    """Return the notice that names the coverage of the nearest simulated situation."""
    return Notice(f"outcomes.notices.known_narrow.{name}", {"held": HELD[name]})


def few_and_skewed(values: Floats) -> bool:
    """Say whether Student's t would be too narrow for these values: under 30, with a skewness beyond one."""
    if not 3 <= len(values) < FEW_PEOPLE or np.ptp(values) == 0:
        return False
    apart = values - values.mean()
    return bool(abs((apart**3).mean() / (apart**2).mean() ** 1.5) > SKEWED)
