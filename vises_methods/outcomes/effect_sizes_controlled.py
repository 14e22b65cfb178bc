"""Standardised change of the served less that of the comparison: before, after and a comparison group in one number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vises_methods.outcomes.effect_sizes import effect_size
from vises_methods.outcomes.requirements import require_columns


def controlled_change(served: Mapping[str, Any], comparison: Mapping[str, Any]) -> pd.DataFrame:
    """Return the difference of two standardised mean changes, each by its own baseline deviation, for pooling.

    Use it where an enterprise reports means and deviations of both groups before and after, and no rows. It is on the
    same scale as ``SMCR`` of a single group, but is an answer to another question: never pool the two together.

    Parameters
    ----------
    served, comparison : mapping of str to sequence of float
        One value per enterprise under ``mean_before, mean_after, sd_before, n`` and ``correlation`` (of before and
        after).

    Returns
    -------
    DataFrame
        Columns ``yi`` and ``vi``, one row per enterprise.

    Raises
    ------
    InputError
        When one of the five is missing.

    References
    ----------
    Morris, S. B. (2008). Organizational Research Methods 11:364-386, equations 4 to 6 (d_ppc1); Becker (1988), British
    Journal of Mathematical and Statistical Psychology 41:257-278 (variance).

    Examples
    --------
    >>> one = {"mean_before": [30.6], "mean_after": [38.5], "sd_before": [15.0], "n": [20], "correlation": [0.47]}
    >>> two = {"mean_before": [23.1], "mean_after": [19.7], "sd_before": [13.8], "n": [20], "correlation": [0.47]}
    >>> controlled_change(one, two).round(2).values.tolist()
    [[0.74, 0.11]]
    """
    one, two = (_standardised(group) for group in (served, comparison))
    return pd.DataFrame({"yi": one["yi"] - two["yi"], "vi": one["vi"] + two["vi"]})


def _standardised(group: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(dict(group))
    require_columns(frame, ["mean_before", "mean_after", "sd_before", "n", "correlation"], "controlled_change")
    return effect_size(
        "SMCR",
        m1i=frame["mean_after"].tolist(),
        m2i=frame["mean_before"].tolist(),
        sd1i=frame["sd_before"].tolist(),
        ni=frame["n"].tolist(),
        ri=frame["correlation"].tolist(),
    )
