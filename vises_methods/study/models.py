"""What each YAML file of a study holds, as pydantic models."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

SCHEMES: dict[str, tuple[str, ...]] = {
    "hauts-de-france": ("EI", "ACI", "AI", "ETTI", "EA", "ESAT", "GEIQ", "ESUS"),
    "wallonie": ("EI", "IES", "ETA", "CISP", "IDESS", "SIS"),
    "brussels": ("EI", "ILDE", "ETA"),
    "vlaanderen": (
        "maatwerkbedrijf",
        "maatwerkafdeling",
        "lokale-diensteneconomie",
        "beschutte-werkplaats",
        "sociale-werkplaats",
    ),
}
"""The schemes of each region: the same letters (EI) name one scheme in France and another in Wallonia."""

COUNTRY_OF_REGION = {"hauts-de-france": "FR", "wallonie": "BE", "vlaanderen": "BE", "brussels": "BE"}


def _identifier(value: str) -> str:
    return _matching(value, r"^[a-z][a-z0-9-]{1,39}$", "bad_id")


def _variable(value: str) -> str:
    return _matching(value, r"^[a-z][a-z0-9_-]{0,39}$", "bad_variable")


def _matching(value: str, pattern: str, code: str) -> str:
    import re

    if not re.match(pattern, value):
        raise PydanticCustomError(code, "identifier")
    return value


def _some_words(value: dict[str, str]) -> dict[str, str]:
    if not any(text.strip() for text in value.values()):
        raise PydanticCustomError("no_words", "no words")
    return value


def _real_date(value: Any) -> Any:
    """Refuse the numbers and times that pydantic would turn into a day."""
    if value is None or type(value) is date:
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("bad_date", "date")


Language = Literal["fr", "nl", "en"]
Words = Annotated[dict[Language, str], AfterValidator(_some_words)]
Id = Annotated[str, AfterValidator(_identifier)]
Variable = Annotated[str, AfterValidator(_variable)]
Day = Annotated[date, BeforeValidator(_real_date)]
Group = Literal["G1", "G2", "G3"]
Region = Literal["hauts-de-france", "wallonie", "vlaanderen", "brussels"]
Year = Annotated[int, Field(ge=1800, le=2100)]
Some = Annotated[int, Field(ge=0)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Role(_File):
    """A role in the study: referent, coach, researcher, coordinator…"""

    id: Id
    label: Words


class Privacy(_File):
    """What may be shown: the smallest cell of a table, and which texts may be quoted."""

    minimum_cell: Annotated[int, Field(ge=1)] = 3
    quotes: list[Literal["restricted", "internal", "public"]] = ["internal", "public"]


class StudyFile(_File):
    """``study.yml``."""

    id: Id
    title: Words
    invented: bool = False
    notice: Words | None = None
    languages: Annotated[list[Language], Field(min_length=1)]
    codebook: str
    framework: str
    methodology: str = "baseline"
    horizon: Day | None = None
    roles: list[Role] = []
    privacy: Privacy = Privacy()


class Sector(_File):
    """The branch of activity."""

    nace: str
    label: Words


class Commune(_File):
    """A commune of the territory."""

    name: str
    country: Literal["FR", "BE"]


class Territory(_File):
    """Where the enterprise acts; it may cross the border."""

    communes: list[Commune] = []
    cross_border: bool = False


class Portrait(_File):
    """The portrait under its seven headings."""

    needs: Words | None = None
    aspirations: Words | None = None
    missions: Words | None = None
    means: Words | None = None
    activities: Words | None = None
    stakeholders: Words | None = None
    territory: Words | None = None


class Accompaniment(_File):
    """Who went along with the enterprise, when, and how far they are."""

    started: Day | None = None
    ended: Day | None = None
    coach: str | None = None
    researcher: str | None = None
    step: Annotated[int, Field(ge=0, le=3)] | None = None


class ProfileFile(_File):
    """``profile.yml``."""

    id: Id
    name: Annotated[str, Field(min_length=1)]
    invented: bool = False
    group: Group
    country: Literal["FR", "BE"]
    region: Region
    legal_form: Id | None = None
    scheme: str | None = None
    sector: Sector | None = None
    founded: Year | None = None
    fte: Annotated[float, Field(ge=0)] | None = None
    people_reached: Some | None = None
    languages: Annotated[list[Language], Field(min_length=1)]
    territory: Territory = Territory()
    portrait: Portrait = Portrait()
    accompaniment: Accompaniment = Accompaniment()


class Node(_File):
    """A node of the theory of change."""

    id: Id
    kind: Literal["need", "input", "activity", "practice", "output", "outcome", "impact"]
    label: Words
    stakeholders: list[str] = []
    codes: list[str] = []
    indicators: list[str] = []


class Edge(_File):
    """An arrow of the theory of change: what leads to what, on which assumption."""

    origin: str = Field(alias="from")
    to: str
    assumption: Words | None = None
    confidence: Literal["low", "medium", "high"] | None = None


class TheoryOfChangeFile(_File):
    """``theory_of_change.yml``."""

    nodes: list[Node]
    edges: list[Edge] = []


class Question(_File):
    """An evaluative question, with what would count against it."""

    id: Id
    text: Words
    type: Literal["practice", "effect", "mechanism", "reach"]
    decided_by: list[str] = []
    decided_on: Day | None = None
    codes: list[str] = []
    indicators: list[str] = []
    outcomes: list[str] = []
    counts_against: Words
    reason: Words | None = None


class QuestionsFile(_File):
    """``questions.yml``."""

    questions: list[Question]


class NotApplicable(_File):
    """An indicator that does not apply here, and why."""

    indicator: str
    reason: Words


class Target(_File):
    """A value to be reached in a year."""

    indicator: str
    year: Year
    value: float
    set_by: list[str] = []


class WeightSet(_File):
    """The weights that a stakeholder group gave to the dimensions: points that add up to 100."""

    id: Id
    stakeholder_group: str | None = None
    label: Words | None = None
    respondents: Annotated[int, Field(ge=1)] | None = None
    values: dict[str, Annotated[float, Field(ge=0)]]


class Scale(_File):
    """How a value becomes a score."""

    method: Literal["goalposts", "band", "change_vs_baseline", "none"]
    min: float | None = None
    max: float | None = None
    floor: float | None = None
    low: float | None = None
    high: float | None = None
    ceiling: float | None = None
    unit: str | None = None


class IrisLink(_File):
    """A pointer to the public IRIS catalogue."""

    code: str
    match: Literal["close", "related", "numerator", "denominator"]


class Crosswalk(_File):
    """What an indicator corresponds to elsewhere."""

    sdg: list[Annotated[int, Field(ge=1, le=17)]] = []
    iris: list[IrisLink] = []
    mesis_das: list[str] = []


class IndicatorNode(_File):
    """A node of the framework: a dimension, a criterion or an indicator."""

    id: Annotated[str, Field(min_length=1)]
    parent: str | None
    level: Annotated[int, Field(ge=1, le=6)] | None = None
    label: Words
    question: Words | None = None
    kind: Literal["practice", "process", "output", "outcome"] | None = None
    unit: str | None = None
    direction: Literal["higher", "lower", "target_range", "neutral"] | None = None
    target_type: (
        Literal["threshold_min", "threshold_max", "range", "increase", "decrease", "maintain", "milestone", "none"]
        | None
    ) = None
    scale: Scale | None = None
    portfolio_rollup: Literal["sum", "weighted_mean", "median", "none"] | None = None
    source: Literal["admin", "hr", "accounts", "survey", "coding", "self_assessment", "derived"] | None = None
    numerator: str | None = None
    denominator: str | None = None
    weight_by: str | None = None
    groups: list[Group] = []
    comparison_group: bool = False
    core: bool = False
    register_: Literal["economic", "social", "political", "environmental", "territorial"] | None = Field(
        default=None, alias="register"
    )
    breakdown: list[str] = []
    codes: list[str] = []
    crosswalk: Crosswalk = Crosswalk()
    burden_minutes: Annotated[float, Field(ge=0)] | None = None
    note: str | None = None


class FrameworkPartFile(_File):
    """``framework.yml`` of an enterprise: what applies, own indicators, targets, weights."""

    applies: Literal["all"] | list[str] = "all"
    not_applicable: list[NotApplicable] = []
    own: list[IndicatorNode] = []
    targets: list[Target] = []
    baseline_year: Year | None = None
    weights: list[WeightSet] = []


Kind = Literal["ordinal", "continuous", "binary", "count"]


class Item(_File):
    """A question of the survey."""

    id: Variable
    label: Words
    kind: Kind
    min: float | None = None
    max: float | None = None
    reverse: bool = False


class Outcome(_File):
    """What is compared between the waves, made of one or more items."""

    id: Id
    label: Words
    items: Annotated[list[str], Field(min_length=1)]
    aggregate: Literal["mean", "sum", "single"]
    kind: Kind
    unit: str | None = None
    direction: Literal["higher", "lower"]
    reliability: Annotated[float, Field(ge=0, le=1)] | None = None
    primary: bool = False


class Covariate(_File):
    """What else is known of the respondents."""

    id: Variable
    label: Words
    kind: Literal["categorical", "continuous"]
    categories: list[str] = []


class Plan(_File):
    """What was fixed before the data were seen."""

    registered_on: Day | None = None
    primary: list[str] = []
    family: list[str] = []
    margin: dict[str, float] = {}
    model: Literal["ancova", "difference_in_differences", "paired_change"] | None = None
    clusters: Literal["site", "cohort"] | None = None
    attrition_bound: Annotated[float, Field(ge=0, le=1)] | None = None
    assignment: Literal["self_selected", "waiting_list", "threshold", "lottery", "random", "unknown"] = "unknown"
    comparison_chosen: Literal["before", "after"] | None = None
    waves: list[Some] = []
    note: Words | None = None


class SurveyItemsFile(_File):
    """``survey_items.yml``."""

    items: list[Item]
    outcomes: list[Outcome]
    covariates: list[Covariate] = []
    plan: Plan = Plan()


class Heading(_File):
    """Who wrote a codebook or a framework, and which version it is."""

    id: Id
    version: str
    languages: list[Language]
    title: Words
    status: str | Words
    mesis_das_note: str | Words | None = None
    rules: list[str | Words] = []


class Labelled(_File):
    """Something with an identifier and a label."""

    id: str
    label: Words
    cids: str | None = None


class Example(_File):
    """An invented example of what a code is for."""

    lang: Language
    text: str
    invented: Literal[True]


class Code(_File):
    """A code of the codebook."""

    id: Annotated[str, Field(min_length=1)]
    parent: str | None
    level: Annotated[int, Field(ge=1, le=8)]
    codable: bool
    label: Words
    definition: Words
    include: str | Words | None = None
    exclude: str | Words | None = None
    example: Example | None = None


class SegmentAttribute(_File):
    """What can be said of a coded segment besides its code."""

    id: str
    type: Literal["enum", "bool"]
    values: list[str] = []
    required_for: list[str] = []
    label: Words


class CodebookFile(_File):
    """A codebook of ``data/reference/codebooks``."""

    codebook: Heading
    segment_attributes: list[SegmentAttribute] = []
    stakeholder_groups: list[Labelled]
    codes: Annotated[list[Code], Field(min_length=1)]


class NamedWeights(_File):
    """A named set of weights of the framework."""

    id: Id | Variable
    label: Words
    values: dict[str, Annotated[float, Field(ge=0)]]
    invented: bool = False


class Weights(_File):
    """The weights that a framework proposes."""

    default: str
    sets: list[NamedWeights] = []


class FrameworkFile(_File):
    """A framework of ``data/reference/frameworks``."""

    framework: Heading
    enums: dict[str, list[str]] = {}
    units: list[Labelled]
    enterprise_groups: list[Labelled] = []
    mesis_das: list[Labelled] = []
    weights: Weights | None = None
    nodes: Annotated[list[IndicatorNode], Field(min_length=1)]


ENTERPRISE_FILES: dict[str, type[BaseModel]] = {
    "profile": ProfileFile,
    "theory_of_change": TheoryOfChangeFile,
    "questions": QuestionsFile,
    "framework": FrameworkPartFile,
    "survey_items": SurveyItemsFile,
}
"""The YAML files of an enterprise, by name without ending."""
