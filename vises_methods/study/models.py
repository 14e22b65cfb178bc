"""What each YAML file of a study holds, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from vises_methods.study.model_types import Day, File, Group, Id, Language, Region, Some, Variable, Words, Year
from vises_methods.study.reference_models import IndicatorNode

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


class Role(File):
    """A role in the study: referent, coach, researcher, coordinator…"""

    id: Id
    label: Words


class Privacy(File):
    """What may be shown: the smallest cell of a table, and which texts may be quoted."""

    minimum_cell: Annotated[int, Field(ge=1)] = 3
    quotes: list[Literal["restricted", "internal", "public"]] = Field(default=["internal", "public"])


class StudyFile(File):
    """``study.yml``."""

    id: Id
    title: Words
    invented: bool = False
    notice: Words | None = None
    languages: Annotated[list[Language], Field(min_length=1)]
    codebook: str
    framework: str
    framework_beside: str | None = None
    methodology: str = "baseline"
    horizon: Day | None = None
    roles: list[Role] = Field(default_factory=list)
    privacy: Privacy = Privacy()


class Sector(File):
    """The branch of activity."""

    nace: str
    label: Words


class Commune(File):
    """A commune of the territory."""

    name: str
    country: Literal["FR", "BE"]


class Territory(File):
    """Where the enterprise acts; it may cross the border."""

    communes: list[Commune] = Field(default_factory=list)
    cross_border: bool = False


class Portrait(File):
    """The portrait under its seven headings."""

    needs: Words | None = None
    aspirations: Words | None = None
    missions: Words | None = None
    means: Words | None = None
    activities: Words | None = None
    stakeholders: Words | None = None
    territory: Words | None = None


class Accompaniment(File):
    """Who went along with the enterprise, when, and how far they are."""

    started: Day | None = None
    ended: Day | None = None
    coach: str | None = None
    researcher: str | None = None
    step: Annotated[int, Field(ge=0, le=3)] | None = None


class ProfileFile(File):
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


class Node(File):
    """A node of the theory of change."""

    id: Id
    kind: Literal["need", "input", "activity", "practice", "output", "outcome", "impact"]
    label: Words
    stakeholders: list[str] = Field(default_factory=list)
    codes: list[str] = Field(default_factory=list)
    indicators: list[str] = Field(default_factory=list)


class Edge(File):
    """An arrow of the theory of change: what leads to what, on which assumption."""

    origin: str = Field(alias="from")
    to: str
    assumption: Words | None = None
    confidence: Literal["low", "medium", "high"] | None = None


class TheoryOfChangeFile(File):
    """``theory_of_change.yml``."""

    nodes: list[Node]
    edges: list[Edge] = Field(default_factory=list)


class Question(File):
    """An evaluative question, with what would count against it."""

    id: Id
    text: Words
    type: Literal["practice", "effect", "mechanism", "reach"]
    decided_by: list[str] = Field(default_factory=list)
    decided_on: Day | None = None
    codes: list[str] = Field(default_factory=list)
    indicators: list[str] = Field(default_factory=list)
    outcomes: list[str] = Field(default_factory=list)
    counts_against: Words
    reason: Words | None = None


class QuestionsFile(File):
    """``questions.yml``."""

    questions: list[Question]


class NotApplicable(File):
    """An indicator that does not apply here, and why."""

    indicator: str
    reason: Words


class Target(File):
    """A value to be reached in a year."""

    indicator: str
    year: Year
    value: float
    set_by: list[str] = Field(default_factory=list)


class WeightSet(File):
    """The weights that a stakeholder group gave to the dimensions: points that add up to 100."""

    id: Id
    stakeholder_group: str | None = None
    label: Words | None = None
    respondents: Annotated[int, Field(ge=1)] | None = None
    values: dict[str, Annotated[float, Field(ge=0)]]


class FrameworkPartFile(File):
    """``framework.yml`` of an enterprise: what applies, own indicators, targets, weights."""

    applies: Literal["all"] | list[str] = "all"
    not_applicable: list[NotApplicable] = Field(default_factory=list)
    own: list[IndicatorNode] = Field(default_factory=list)
    targets: list[Target] = Field(default_factory=list)
    baseline_year: Year | None = None
    weights: list[WeightSet] = Field(default_factory=list)


Kind = Literal["ordinal", "continuous", "binary", "count"]


class Item(File):
    """A question of the survey."""

    id: Variable
    label: Words
    kind: Kind
    min: float | None = None
    max: float | None = None
    reverse: bool = False


class Outcome(File):
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


class Covariate(File):
    """What else is known of the respondents."""

    id: Variable
    label: Words
    kind: Literal["categorical", "continuous"]
    categories: list[str] = Field(default_factory=list)
    category_labels: dict[str, Words] = Field(default_factory=dict)


class DesignDecided(File):
    """A design that named people put in the place of the detected one: the decision stands in ``decisions.csv``."""

    kind: Literal[
        "outputs_only",
        "one_wave",
        "after_only_comparison",
        "before_after",
        "before_after_trend",
        "interrupted_series",
        "interrupted_series_control",
        "comparison",
        "waiting_list",
        "threshold",
        "lottery",
        "random",
    ]
    decision: str


class Plan(File):
    """What was fixed before the data were seen."""

    registered_on: Day | None = None
    primary: list[str] = Field(default_factory=list)
    family: list[str] = Field(default_factory=list)
    margin: dict[str, float] = Field(default_factory=dict)
    model: Literal["ancova", "difference_in_differences", "paired_change"] | None = None
    clusters: Literal["site", "cohort"] | None = None
    attrition_bound: Annotated[float, Field(ge=0, le=1)] | None = None
    assignment: Literal["self_selected", "waiting_list", "threshold", "lottery", "random", "unknown"] = "unknown"
    comparison_chosen: Literal["before", "after"] | None = None
    design: DesignDecided | None = None
    waves: list[Some] = Field(default_factory=list)
    start: int | None = None
    placebo: list[str] = Field(default_factory=list)
    note: Words | None = None


class SurveyItemsFile(File):
    """``survey_items.yml``."""

    items: list[Item]
    outcomes: list[Outcome]
    covariates: list[Covariate] = Field(default_factory=list)
    plan: Plan = Plan()


class CodeOperation(File):
    """One change of the codebook: the codes it takes, and those it makes of them."""

    kind: Literal["add", "remove", "rename", "merge", "split", "move"]
    before: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)
    parent: str | None = None
    reason: Words | None = None


class CodebookStep(File):
    """From one version of the codebook to the next: when, decided by whom, and by which operations in their order."""

    from_version: Annotated[str, Field(alias="from", min_length=1)]
    to: Annotated[str, Field(min_length=1)]
    date: Day
    decided_by: list[str] = Field(default_factory=list)
    operations: Annotated[list[CodeOperation], Field(min_length=1)]


class CodebookChangesFile(File):
    """``codebook_changes.yml``: how one version of the codebook became the next, for codings made with an old one."""

    versions: list[CodebookStep] = Field(default_factory=list)


ENTERPRISE_FILES: dict[str, type[BaseModel]] = {
    "profile": ProfileFile,
    "theory_of_change": TheoryOfChangeFile,
    "questions": QuestionsFile,
    "framework": FrameworkPartFile,
    "survey_items": SurveyItemsFile,
    "codebook_changes": CodebookChangesFile,
}
"""The YAML files of an enterprise, by name without ending."""
