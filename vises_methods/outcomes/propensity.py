"""The propensity score: how likely it was, from what is known at the start, that a person be served."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.regression import covariate_columns
from vises_methods.outcomes.requirements import Floats

_STEPS = 60


def score_design(frame: pd.DataFrame, covariates: Sequence[str], where: str) -> Floats:
    """Return the covariates with an intercept, as numbers; a missing value is an error, since it hides who is alike."""
    columns = covariate_columns(frame, covariates, where)
    missing = [str(name) for name in columns if columns[name].isna().any()]
    if missing:
        raise InputError("outcomes.errors.missing_covariates", f"{where}(covariates=)", columns=missing)
    return np.column_stack([np.ones(len(frame)), columns.to_numpy(dtype=float)])


def logit_scores(design: Floats, served: Floats) -> tuple[Floats, Floats, bool]:
    """Return scores, the information matrix, and whether the fit settled (it does not where groups part wholly)."""
    scale = np.where(design.std(axis=0) > 0, design.std(axis=0), 1.0)
    x = design / scale
    coefficients = np.zeros(x.shape[1])
    settled = False
    for _ in range(_STEPS):
        score = _logistic(x @ coefficients)
        information = x.T @ (x * (score * (1 - score))[:, None])
        step = np.linalg.pinv(information) @ (x.T @ (served - score))
        coefficients += step
        if np.abs(step).max() < 1e-10:
            settled = True
            break
    # scores of nought and one would have no odds
    score = np.clip(_logistic(x @ coefficients), 1e-12, 1 - 1e-12)
    information = design.T @ (design * (score * (1 - score))[:, None])
    return score, information, settled and bool(np.abs(x @ coefficients).max() < 25)


def _logistic(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))), dtype=float)
