"""From values to scores at every heading, by one recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.aggregation import REFERENCE, Methods, aggregate
from vises_methods.indicators.cells import Cells, cells_of
from vises_methods.indicators.choquet import Capacity
from vises_methods.indicators.imputation import Imputation, impute
from vises_methods.indicators.normalisation import normalise
from vises_methods.indicators.normalisation_methods import Normalisation
from vises_methods.indicators.outliers import OutlierRule, treat_outliers
from vises_methods.indicators.penalties import Penalty
from vises_methods.indicators.preparation import denominate
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import Notice, Result, fingerprint


@dataclass(frozen=True)
class Recipe:
    """The choices that lead from values to scores, each by name.

    Attributes
    ----------
    denominate : bool
        Divide indicators by the denominators that the framework names; they stand among the columns of the values.
    imputation : str or None
        As ``method`` of :func:`impute`; None leaves gaps as they are.
    treatment : OutlierRule, mapping or None
        The options of :func:`treat_outliers`; None leaves outliers as they are.
    normalisation : str or mapping of str to str
        As ``method`` of :func:`normalise`.
    low, high : float
        Range of the scores; one range for all, so that methods may be mixed.
    mean, sd : float
        Of z-scores.
    targets, baseline : DataFrame, Series or None
        As in :func:`normalise`: own targets, and own starting points.
    weights : mapping of str to float, str, or None
        As in :func:`aggregate`.
    aggregation : str or mapping of int to str
        As ``method`` of :func:`aggregate`.
    power, penalty, standardise, alpha, beta, order_weights, indifference, veto, capacities
        Options of the aggregation that uses them, as in :func:`aggregate`.
    min_coverage : float
        Below this share of applicable weight there is no score.
    """

    denominate: bool = False
    imputation: Imputation | None = None
    treatment: OutlierRule | None = None
    normalisation: Normalisation | Mapping[str, Normalisation] = "framework"
    low: float = 0.0
    high: float = 100.0
    mean: float = 0.0
    sd: float = 1.0
    targets: pd.DataFrame | pd.Series | None = field(default=None, compare=False)
    baseline: pd.DataFrame | pd.Series | None = field(default=None, compare=False)
    weights: Mapping[str, float] | str | None = None
    aggregation: Methods = "arithmetic"
    power: float = 0.5
    penalty: Penalty = "negative"
    standardise: bool = True
    alpha: float = 0.5
    beta: float = 1.0
    order_weights: Sequence[float] = ()
    indifference: float = 0.0
    veto: float | None = None
    capacities: Mapping[str, Capacity] | None = None
    min_coverage: float = 0.0

    @classmethod
    def of(cls, choices: Recipe | Mapping[str, Any] | None) -> Recipe:
        """Take a recipe as it is, or make one of plain choices, as a methodology file holds them."""
        if choices is None:
            return cls()
        if isinstance(choices, Recipe):
            return choices
        known = [choice.name for choice in fields(cls)]
        for name in choices:
            if name not in known:
                raise InputError("unknown_option", "compose(recipe)", value=str(name), allowed=known)
        treatment = choices.get("treatment")
        if isinstance(treatment, Mapping):
            return cls(**{**choices, "treatment": _rule(treatment)})
        return cls(**choices)


class Composite(Result):
    """Scores at every heading, and every step that led to them."""

    @property
    def scores(self) -> pd.DataFrame:
        """Unit × heading."""
        return self.details["scores"]

    @property
    def coverage(self) -> pd.DataFrame:
        """Unit × heading: the share of applicable weight that entered the score."""
        return self.details["coverage"]

    @property
    def worst(self) -> pd.DataFrame:
        """Unit × heading: the score with all that is missing at the floor of its scale."""
        return self.details["worst"]

    @property
    def best(self) -> pd.DataFrame:
        """Unit × heading: the score with all that is missing at the ceiling of its scale."""
        return self.details["best"]

    @property
    def prepared(self) -> pd.DataFrame:
        """Unit × indicator: the values in their units, after imputation and treatment of extremes."""
        return self.details["prepared"]

    @property
    def normalised(self) -> pd.DataFrame:
        """Unit × indicator: the scores that entered."""
        return self.details["normalised"]

    @property
    def states(self) -> pd.DataFrame:
        """Unit × indicator: the state of each cell."""
        return self.details["states"]

    def of_unit(self, unit: str) -> pd.DataFrame:
        """Return the rows of one unit: heading, score, worst and best case, coverage, reason."""
        rows = self.estimates[self.estimates["subject"] == unit]
        if rows.empty:
            allowed = sorted(self.estimates["subject"].unique().tolist())
            raise InputError("unknown_option", "Composite.of_unit(unit)", value=unit, allowed=allowed)
        return rows.set_index("measure").drop(columns="subject")

    @classmethod
    def built(
        cls, scored: Result, normalised: Result, recipe: Recipe, steps: Sequence[Result], prepared: pd.DataFrame
    ) -> Self:
        """Join the steps in one result."""
        treated = [step.details["treated"] for step in steps if "treated" in step.details]
        before = [notice for step in steps for notice in step.notices]
        return cls(
            method="composite indicator",
            reference=REFERENCE,
            estimates=scored.estimates,
            details={
                **scored.details,
                "prepared": prepared,
                "normalised": normalised.details["scores"],
                "states": normalised.details["states"],
                "scaling": normalised.details["scaling"],
                **({"treated": treated[0]} if treated else {}),
            },
            options={**told(recipe), "weights_used": scored.options["weights"]},
            notices=_once((*before, *scored.notices)),
            inputs=steps[0].inputs if steps else normalised.inputs,
        )


def compose(
    values: pd.DataFrame | Cells, tree: IndicatorTree, recipe: Recipe | Mapping[str, Any] | None = None, /
) -> Composite:
    """Make a composite indicator by a recipe: normalise, then aggregate up the tree.

    Use it for the score of units whose framework is settled; change one choice of the recipe and compose again to
    see what it does.

    Parameters
    ----------
    values : DataFrame or Cells
        Unit × indicator, in the units of the framework.
    tree : IndicatorTree
    recipe : Recipe, mapping or None
        By default the scales and the weights of the framework, arithmetic means.

    Returns
    -------
    Composite
        With ``scores, coverage, worst, best`` (unit × heading), ``prepared``, ``normalised`` and ``states`` (unit ×
        indicator).

    Raises
    ------
    InputError
        A choice that does not exist; data that cannot be read.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 19-21.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({
    ...     "code": ["index", "a", "b"], "parent": [None, "index", "index"],
    ...     "min": [None, 0, 0], "max": [None, 10, 4]}))
    >>> compose(pd.DataFrame({"a": [5.0], "b": [3.0]}, index=["u"]), tree).scores.loc["u", "index"].item()
    62.5
    """
    chosen = Recipe.of(recipe)
    steps = prepare(values, tree, chosen)
    groups = values.groups if isinstance(values, Cells) else None
    prepared = cells_of(steps[-1], groups) if steps else values
    normalised = normalise(
        prepared,
        tree,
        method=chosen.normalisation,
        low=chosen.low,
        high=chosen.high,
        mean=chosen.mean,
        sd=chosen.sd,
        targets=chosen.targets,
        baseline=chosen.baseline,
    )
    scored = _aggregated(normalised, tree, chosen)
    numbers = prepared.numbers if isinstance(prepared, Cells) else prepared
    entered = numbers.reindex(columns=normalised.details["scores"].columns).astype(float)
    return Composite.built(scored, normalised, chosen, steps, entered)


def require_composite(composite: object, where: str) -> None:
    """Refuse what no recipe has made, where that is asked for."""
    if not isinstance(composite, Composite):
        found = type(composite).__name__
        raise InputError("wrong_type", where, value=found, type=found, allowed="Composite")


def told(recipe: Recipe) -> dict[str, Any]:
    """The choices as they are kept in a result: of frames, their fingerprint."""
    frames = {
        name: None if (given := getattr(recipe, name)) is None else fingerprint(given)
        for name in ("targets", "baseline")
    }
    return asdict(replace(recipe, targets=None, baseline=None)) | frames


def prepare(values: pd.DataFrame | Cells, tree: IndicatorTree, recipe: Recipe) -> list[Result]:
    """Run the steps of preparation that a recipe asks for, in their order."""
    groups = values.groups if isinstance(values, Cells) else None
    steps: list[Result] = []
    current = values
    if recipe.denominate:
        steps.append(denominate(current, tree))
        current = cells_of(steps[-1], groups)
    if recipe.imputation is not None:
        steps.append(impute(current, tree, method=recipe.imputation))
        current = cells_of(steps[-1], groups)
    if recipe.treatment is not None:
        steps.append(treat_outliers(current, tree, **asdict(recipe.treatment)))
    return steps


def _rule(choices: Mapping[str, Any]) -> OutlierRule:
    known = [choice.name for choice in fields(OutlierRule)]
    for name in choices:
        if name not in known:
            raise InputError("unknown_option", "compose(recipe)[treatment]", value=str(name), allowed=known)
    return OutlierRule(**choices)


def _once(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """Each step tells what it saw; what several of them saw is told once."""
    seen = {notice.sentence("en"): notice for notice in reversed(notices)}
    return tuple(reversed(seen.values()))


def _aggregated(normalised: Result, tree: IndicatorTree, recipe: Recipe) -> Result:
    return aggregate(
        normalised,
        tree,
        method=recipe.aggregation,
        weights=recipe.weights,
        min_coverage=recipe.min_coverage,
        power=recipe.power,
        penalty=recipe.penalty,
        standardise=recipe.standardise,
        alpha=recipe.alpha,
        beta=recipe.beta,
        order_weights=recipe.order_weights,
        indifference=recipe.indifference,
        veto=recipe.veto,
        capacities=recipe.capacities,
    )
