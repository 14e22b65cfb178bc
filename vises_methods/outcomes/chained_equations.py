"""Multiple imputation: several completed data sets, each missing answer that of someone alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.outcomes.regression import covariate_columns
from vises_methods.outcomes.requirements import Floats, require_columns, require_range
from vises_methods.randomness import generator

_RIDGE = 1e-5


def impute(
    frame: pd.DataFrame,
    columns: Sequence[str],
    predictors: Sequence[str] = (),
    arm: str | None = "arm",
    *,
    imputations: int = 20,
    cycles: int = 10,
    donors: int = 5,
    seed: int = 0,
) -> tuple[pd.DataFrame, ...]:
    """Complete the missing answers several times over, so that what is not known stays visible as uncertainty.

    Use it beside the analysis of the people seen, where those who left differ in what was measured of them. It is right
    if people who left are like people who stayed with the same values of ``columns`` and ``predictors``, which the data
    cannot show; :func:`attrition_bounds` says what is possible otherwise. Analyse each frame, then combine::

        results = [ancova(done, "after", "arm", "before") for done in impute(frame, ["before", "after"])]
        combine_imputations([r.value for r in results], [r.se**2 for r in results],
                            complete_df=min(r.estimates["df"].iloc[0] for r in results))

    Parameters
    ----------
    frame : DataFrame
        One row per person, outcomes before and after as columns.
    columns : sequence of str
        To complete, numbers or words; all of them predict one another.
    predictors : sequence of str
        Complete columns that help to predict, words or numbers; include what predicts leaving.
    arm : str, optional
        Each arm is completed by its own people, so that no likeness of the arms is put into the data. None to complete
        all together.
    imputations : int
        About as many as the percentage of people with a gap.
    cycles : int
        Rounds through the columns before a data set is taken.
    donors : int
        A gap is filled with the answer of one of so many people whose predicted value is nearest, at random (predictive
        mean matching): only answers that someone gave can appear.
    seed : int

    Returns
    -------
    tuple of DataFrame
        As many as ``imputations``, each a copy of ``frame``. A column that nobody of an arm answered stays missing
        there; rows with an unknown arm, or a missing predictor, stay as they are.

    Raises
    ------
    InputError
        On missing columns, or a number of imputations, cycles or donors under one.

    References
    ----------
    Van Buuren, S. and Groothuis-Oudshoorn, K. (2011). mice: Multivariate Imputation by Chained Equations in R. Journal
    of Statistical Software 45(3); Little, R. J. A. (1988). Journal of Business & Economic Statistics 6:287-296
    (predictive mean matching).

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1] * 6 + [0] * 6, "before": [1, 2, 3, 4, 5, 6] * 2,
    ...                       "after": [2, 3, None, 5, 6, 7, 1, 2, 3, None, 5, 6.]})
    >>> first, second = impute(frame, ["after"], ["before"], imputations=2, donors=1)
    >>> first["after"].isna().sum(), bool(first["after"].isin(frame["after"].dropna()).all())
    (np.int64(0), True)
    """
    where = "impute"
    require_columns(frame, [*columns, *predictors, *([arm] if arm else [])], where)
    for name, value in (("imputations", imputations), ("cycles", cycles), ("donors", donors)):
        require_range(value, 0, np.inf, f"{where}({name}=)")
    known = frame[[*predictors, *([arm] if arm else [])]].notna().all(axis=1)
    places = np.flatnonzero(known)
    groups = [places] if arm is None else [places[(frame[arm].iloc[places] == side).to_numpy()]
                                           for side in sorted(frame[arm].dropna().unique(), key=str)]  # fmt: skip
    parts = [(rows, frame.iloc[rows].reset_index(drop=True)) for rows in groups if len(rows)]
    coded = [{name: _coded(part, name, where) for name in (*columns, *predictors)} for _, part in parts]
    done = []
    for turn in range(imputations):
        random = generator(seed, "impute", str(turn))
        completed = frame.copy()
        for (rows, part), values in zip(parts, coded, strict=True):
            for name, source in _sources(values, list(columns), list(predictors), cycles, donors, random).items():
                column = completed[name].to_numpy(copy=True)
                column[rows] = part[name].to_numpy()[source]
                completed[name] = pd.Series(column, index=frame.index)
        done.append(completed)
    return tuple(done)


def _coded(part: pd.DataFrame, name: str, where: str) -> Floats:
    """Return a column as numbers, missing where it is: itself, or an indicator for each word but the first."""
    return np.asarray(covariate_columns(part, [name], where).to_numpy(dtype=float))


def _sources(
    values: Mapping[str, Floats],
    columns: list[str],
    predictors: list[str],
    cycles: int,
    donors: int,
    random: np.random.Generator,
) -> dict[str, NDArray[np.int64]]:
    """Return, for each column with gaps, whose answer each person has in the end: their own, or a donor's."""
    gaps: dict[str, NDArray[np.bool_]] = {
        name: np.asarray(np.isnan(values[name]).any(axis=1), dtype=np.bool_) for name in columns
    }
    able = [name for name in columns if not gaps[name].all()]
    open_ = sorted((name for name in able if gaps[name].any()), key=lambda name: int(gaps[name].sum()))
    source: dict[str, NDArray[np.int64]] = {name: np.arange(len(gaps[name])) for name in open_}
    for name in open_:
        source[name][gaps[name]] = random.choice(np.flatnonzero(~gaps[name]), size=int(gaps[name].sum()))
    filled = {name: values[name][source[name]] if name in source else values[name] for name in (*able, *predictors)}
    for _ in range(cycles if open_ else 0):
        for name in open_:
            others = [filled[other] for other in filled if other != name]
            design = np.hstack(others) if others else np.zeros((len(gaps[name]), 0))
            source[name][gaps[name]] = _donors(design, values[name][~gaps[name]], gaps[name], donors, random)
            filled[name] = values[name][source[name]]
    return source


def _donors(
    design: Floats, target: Floats, gaps: NDArray[np.bool_], donors: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Return, for each gap, the row of the person whose answer fills it.

    Predictions of people seen use the estimated coefficients, those of the gaps a draw of them (matching of type 1), so
    that the uncertainty of the regression enters.
    """
    spread = design.std(axis=0)
    x = np.column_stack([np.ones(len(design)), (design - design.mean(axis=0)) / np.where(spread > 0, spread, 1.0)])
    seen, missing = x[~gaps], x[gaps]
    crossed = seen.T @ seen
    bread = np.linalg.inv(crossed + _RIDGE * np.diag(np.diag(crossed) + 1e-8))
    coefficients = bread @ (seen.T @ target)
    residuals = target - seen @ coefficients
    left = max(1, len(seen) - x.shape[1])
    scale = np.sqrt((residuals**2).sum(axis=0) / random.chisquare(left, size=target.shape[1]))
    root = np.linalg.cholesky((bread + bread.T) / 2)
    drawn = coefficients + root @ random.normal(size=coefficients.shape) * scale
    distance = ((seen @ coefficients)[None, :, :] - (missing @ drawn)[:, None, :]) ** 2
    few = min(donors, len(seen))
    nearest = np.argsort(distance.sum(axis=2), axis=1, kind="stable")[:, :few]
    picked = nearest[np.arange(len(missing)), random.integers(few, size=len(missing))]
    return np.asarray(np.flatnonzero(~gaps)[picked], dtype=np.int64)
