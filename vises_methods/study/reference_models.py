"""What a codebook and an indicator framework hold, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vises_methods.study.model_types import File, Group, Id, Language, Variable, Words


class Scale(File):
    """How a value becomes a score."""

    method: Literal["goalposts", "band", "change_vs_baseline", "none"]
    min: float | None = None
    max: float | None = None
    floor: float | None = None
    low: float | None = None
    high: float | None = None
    ceiling: float | None = None
    unit: str | None = None


class IrisLink(File):
    """A pointer to the public IRIS catalogue."""

    code: str
    match: Literal["close", "related", "numerator", "denominator"]


class Crosswalk(File):
    """What an indicator corresponds to elsewhere."""

    sdg: list[Annotated[int, Field(ge=1, le=17)]] = Field(default_factory=list)
    iris: list[IrisLink] = Field(default_factory=list)
    mesis_das: list[str] = Field(default_factory=list)


class IndicatorNode(File):
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
    groups: list[Group] = Field(default_factory=list)
    not_applicable_when: Words | None = None
    comparison_group: bool = False
    core: bool = False
    register_: Literal["economic", "social", "political", "environmental", "territorial"] | None = Field(
        default=None, alias="register"
    )
    breakdown: list[str] = Field(default_factory=list)
    codes: list[str] = Field(default_factory=list)
    crosswalk: Crosswalk = Crosswalk()
    burden_minutes: Annotated[float, Field(ge=0)] | None = None
    note: str | None = None


class Heading(File):
    """Who wrote a codebook or a framework, and which version it is."""

    id: Id
    version: str
    languages: list[Language]
    title: Words
    status: str | Words
    mesis_das_note: str | Words | None = None
    rules: list[str | Words] = Field(default_factory=list)


class Labelled(File):
    """Something with an identifier and a label."""

    id: str
    label: Words
    cids: str | None = None


class Example(File):
    """An invented example of what a code is for."""

    lang: Language
    text: str
    invented: Literal[True]


class Code(File):
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


class SegmentAttribute(File):
    """What can be said of a coded segment besides its code."""

    id: str
    type: Literal["enum", "bool"]
    values: list[str] = Field(default_factory=list)
    required_for: list[str] = Field(default_factory=list)
    label: Words


class CodebookFile(File):
    """A codebook of ``data/reference/codebooks``."""

    codebook: Heading
    segment_attributes: list[SegmentAttribute] = Field(default_factory=list)
    stakeholder_groups: list[Labelled]
    codes: Annotated[list[Code], Field(min_length=1)]


class NamedWeights(File):
    """A named set of weights of the framework."""

    id: Id | Variable
    label: Words
    values: dict[str, Annotated[float, Field(ge=0)]]
    invented: bool = False


class Weights(File):
    """The weights that a framework proposes."""

    default: str
    sets: list[NamedWeights] = Field(default_factory=list)


class FrameworkFile(File):
    """A framework of ``data/reference/frameworks``."""

    framework: Heading
    enums: dict[str, list[str]] = Field(default_factory=dict)
    units: list[Labelled]
    enterprise_groups: list[Labelled] = Field(default_factory=list)
    mesis_das: list[Labelled] = Field(default_factory=list)
    weights: Weights | None = None
    nodes: Annotated[list[IndicatorNode], Field(min_length=1)]
