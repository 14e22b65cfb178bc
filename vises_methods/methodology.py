"""A methodology: the named, validated choices that say how the three approaches are applied.

A change of method is a change of a methodology file, never of the code: it gives other jobs, hence a second set of
outputs beside the first, and the two can be compared.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vises_methods.catalogue import localised, yaml_content
from vises_methods.errors import MethodologyError

Share = Annotated[float, Field(ge=0, le=1)]
Confidence = Annotated[float, Field(gt=0.5, lt=1)]


class _Choices(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QualitativeChoices(_Choices):
    """How coded interviews are turned into evidence."""

    unit: Literal["sentence", "paragraph", "document"] = "paragraph"
    """The unit on which coders are compared."""
    coefficient: Literal[
        "percent",
        "cohen_kappa",
        "scott_pi",
        "fleiss_kappa",
        "conger_kappa",
        "brennan_prediger",
        "gwet_ac1",
        "krippendorff_alpha",
    ] = "krippendorff_alpha"
    """The coefficient of agreement between coders."""
    code_level: Annotated[int, Field(ge=1, le=6)] = 2
    """The level of the code tree at which patterns are read: deeper codes count for their ancestor."""
    rule: Literal["any", "majority", "all"] = "majority"
    """Which coding counts where several coders read a document and nothing was settled."""
    adjudicated_first: bool = True
    """Whether a settled coding, where there is one, stands before the rule."""
    resamples: Annotated[int, Field(ge=100)] = 1000
    """Bootstrap resamples of whole documents."""
    saturation_orders: Annotated[int, Field(ge=20)] = 200
    """Random orders of the interviews behind the saturation curve."""
    confidence: Confidence = 0.95


class UncertaintyChoices(_Choices):
    """What else could as well have been chosen or measured: the alternatives over which scores are computed anew."""

    draws: Annotated[int, Field(ge=100, le=100_000)] = 1000
    """Random combinations of the alternatives."""
    means: Annotated[list[Literal["arithmetic", "geometric", "harmonic", "median"]], Field(max_length=4)] = [
        "arithmetic",
        "geometric",
    ]
    """The means that criteria and dimensions might be; with a single one, the mean does not vary."""
    weight_noise: Share = 0.25
    """Each weight is stretched at random by up to this share of it; 0 leaves weights as they are."""
    leave_out: bool = True
    """Whether each indicator is left out in turn."""
    data_error: dict[Annotated[int, Field(ge=0, le=3)], Share] = {0: 0.2, 1: 0.1, 2: 0.05, 3: 0.01}
    """The standard error of a value by its quality mark, as a share of the value; a mark without entry has none."""
    silence: Literal["scale", "none"] = "scale"
    """Whether what was not reported is drawn anew in each run, anywhere on the indicator's scale, or left out."""
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    """The share of the draws that an interval holds."""


class IndicatorChoices(_Choices):
    """How indicators become scores, each with its coverage and its bounds."""

    year: Literal["latest"] | int = "latest"
    """Which year is read: the latest with data, or one year."""
    normalisation: Literal["framework", "target"] = "framework"
    """The scale of each indicator: the framework's goalposts and bands, or the way from own start to own target."""
    aggregation: dict[int, Literal["arithmetic", "geometric", "harmonic", "median"]] = {
        2: "arithmetic",
        3: "arithmetic",
    }
    """The mean by level made: criteria (2), dimensions (3). The geometric mean compensates less."""
    weights: str = "stakeholders"
    """``stakeholders``: every group's own beside equal weights; ``equal`` alone; or the name of one set."""
    min_coverage: Share = 0.5
    """The share of the applicable weight that must be reported before a score is given."""
    uncertainty: UncertaintyChoices = UncertaintyChoices()
    """The alternatives that the scores are tried against."""


class OutcomeChoices(_Choices):
    """How change between survey waves is estimated and how strongly it may be worded."""

    measure: Literal["SMCR", "SMCC"] = "SMCR"
    """The standardised change: on the standard deviation at baseline, or of the differences."""
    estimator: Literal["plan", "ancova", "difference_in_differences"] = "plan"
    """The comparison with the comparison arm: as the enterprise planned it, or one for all."""
    standard_errors: Literal["CR2", "CR1", "CR0", "CR3"] = "CR2"
    """Of a comparison: by site where people come from several, else each person a cluster (CR2 is then HC2)."""
    interval: Literal["skew", "t"] = "skew"
    """Of a change of independent people: Student's t joined with Hall's transformation, or Student's t alone."""
    series_errors: Literal["AR1", "HAC"] = "AR1"
    """How neighbouring periods of a series hang together: autoregression, or Newey-West (too narrow when short)."""
    correction: Literal["holm", "bh", "by", "romano_wolf", "none"] = "holm"
    """The correction of p values over the family of outcomes named in the plan; Romano-Wolf where there is a
    comparison group, Holm elsewhere."""
    pooling: Literal["REML", "PM", "DL"] = "REML"
    """The variance between enterprises in the portfolio: restricted likelihood, Paule-Mandel, DerSimonian-Laird."""
    pooling_test: Literal["adhoc", "knha", "z"] = "adhoc"
    """The interval of a pooled mean: Knapp-Hartung never narrower than normal, Knapp-Hartung, or normal."""
    min_items: Share = 0.5
    """The share of a scale's items that a person must have answered."""
    confidence: Confidence = 0.95


class Methodology(_Choices):
    """The whole set of choices, with its name, its reason and its seed."""

    id: str
    label: dict[str, str]
    why: dict[str, str]
    seed: Annotated[int, Field(ge=0)]
    qualitative: QualitativeChoices = QualitativeChoices()
    indicators: IndicatorChoices = IndicatorChoices()
    outcomes: OutcomeChoices = OutcomeChoices()

    def title(self, lang: str) -> str:
        """Return the name of the methodology in a language."""
        return localised(self.label, lang)

    def choices(self) -> dict[str, Any]:
        """Return every choice as ``{"qualitative.unit": "paragraph", …}``, the seed included."""
        flat: dict[str, Any] = {"seed": self.seed}
        for approach in ("qualitative", "indicators", "outcomes"):
            flat |= _named(approach, getattr(self, approach))
        return flat


def _named(prefix: str, choices: _Choices) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name in type(choices).model_fields:
        value = getattr(choices, name)
        flat |= _named(f"{prefix}.{name}", value) if isinstance(value, _Choices) else {f"{prefix}.{name}": value}
    return flat


def methodology_directory() -> Path:
    """Return the folder of the methodologies: ``data/reference/methodologies`` of the project in use."""
    home = os.environ.get("VISES_HOME")
    start = Path(home) if home else Path.cwd()
    for folder in (start, *start.parents, Path(__file__).parents[1]):
        candidate = folder / "data" / "reference" / "methodologies"
        if candidate.is_dir():
            return candidate
    raise MethodologyError("file_not_found", "data/reference/methodologies", path=str(start))


def available_methodologies() -> tuple[str, ...]:
    """Return the identifiers of the methodologies that there are."""
    return tuple(sorted(path.stem for path in methodology_directory().glob("*.yml")))


def methodology_path(identifier: str) -> Path:
    """Return the file of a methodology.

    Raises
    ------
    MethodologyError
        When there is none of that name; the message lists those that there are, the nearest first.
    """
    names = available_methodologies()
    if identifier not in names:
        near = difflib.get_close_matches(identifier, names, n=len(names), cutoff=0.0)
        raise MethodologyError("unknown_option", "methodology", value=identifier, allowed=near or list(names))
    return methodology_directory() / f"{identifier}.yml"


def load_methodology(identifier: str) -> Methodology:
    """Read and validate a methodology.

    Parameters
    ----------
    identifier : str
        The name of a file in ``data/reference/methodologies``, without its ending.

    Returns
    -------
    Methodology

    Raises
    ------
    MethodologyError
        When the file does not exist, is no YAML, or holds a choice that does not exist; every fault is named.

    Examples
    --------
    >>> load_methodology("baseline").qualitative.unit
    'paragraph'
    """
    path = methodology_path(identifier)
    try:
        content = yaml_content(path.read_text(encoding="utf-8"))
        methodology = Methodology.model_validate(content)
    except yaml.YAMLError as error:
        raise MethodologyError("invalid_yaml", path.name, detail=" ".join(str(error).split())) from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise MethodologyError("invalid_choices", path.name, faults="; ".join(faults)) from error
    if methodology.id != identifier:
        raise MethodologyError("identifier_differs", path.name, column="id", value=methodology.id, name=identifier)
    return methodology
