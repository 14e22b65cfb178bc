"""Several outcomes looked at together: p values adjusted over the family that the plan names."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from vises_methods.errors import InputError
from vises_methods.outcomes.requirements import Floats, Values, numbers, require_option

Method = Literal["holm", "BH", "BY", "hochberg", "hommel", "bonferroni"]
METHODS: dict[str, str] = {
    "holm": "holm",
    "BH": "fdr_bh",
    "BY": "fdr_by",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
    "bonferroni": "bonferroni",
}


def adjust_pvalues(p: Values, method: Method = "holm", *, planned: int | None = None) -> pd.Series:
    """Adjust p values for having looked at several outcomes.

    Use it over the family of outcomes named in the plan, before the data were seen; outcomes outside it are
    exploratory whatever their p value.

    Parameters
    ----------
    p : sequence of float
        One per outcome. A missing one (withheld, not estimable) stays missing.
    method : {"holm", "BH", "BY", "hochberg", "hommel", "bonferroni"}
        Holm keeps the chance of any false finding (default: right for a few outcomes); BH and BY keep the share of
        false findings among the findings, BY under any dependence.
    planned : int, optional
        How many outcomes the family has, where some have no p value; the number of p values by default.

    Returns
    -------
    Series
        Adjusted p values, in the order and with the index of ``p``.

    Raises
    ------
    InputError
        On an unknown method, a p value outside 0 to 1, or fewer planned than given.

    References
    ----------
    Holm, S. (1979). Scandinavian Journal of Statistics 6:65-70; Benjamini, Y. and Hochberg, Y. (1995). Journal of the
    Royal Statistical Society B 57:289-300; Benjamini, Y. and Yekutieli, D. (2001). Annals of Statistics 29:1165-1188.

    Examples
    --------
    >>> adjust_pvalues([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    where = "adjust_pvalues"
    require_option(method, list(METHODS), f"{where}(method=)")
    values = numbers(p, where, "p")
    index = p.index if isinstance(p, pd.Series) else pd.RangeIndex(len(values))
    known = ~np.isnan(values)
    given = values[known]
    outside = given[(given < 0) | (given > 1)]
    if len(outside):
        raise InputError("out_of_range", f"{where}(p=)", value=float(outside[0]), allowed="0 … 1")
    family = len(given) if planned is None else planned
    if family < len(given):
        raise InputError("out_of_range", f"{where}(planned=)", value=family, allowed=f"≥ {len(given)}")
    adjusted = np.full(len(values), np.nan)
    if len(given):
        padded: Floats = np.concatenate([given, np.ones(family - len(given))])
        found = _holm(padded) if method == "holm" else multipletests(padded, method=METHODS[method])[1]
        adjusted[known] = found[: len(given)]
    return pd.Series(adjusted, index=index, name="p_adjusted")


def _holm(p: Floats) -> Floats:
    """Return Holm's step-down p values; statsmodels collects all garbage in its own, a sixth of a second each time."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
