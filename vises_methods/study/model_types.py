"""The kinds of values that the YAML files of a study are made of."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError


def _identifier(value: str) -> str:
    return _matching(value, r"^[a-z][a-z0-9-]{1,39}$", "bad_id")


def _variable(value: str) -> str:
    return _matching(value, r"^[a-z][a-z0-9_-]{0,39}$", "bad_variable")


def _matching(value: str, pattern: str, code: str) -> str:
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


class File(BaseModel):
    """What all parts of a YAML file have in common: a key that no one reads is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
