"""What pydantic finds in a YAML file, said as problems with a line, a key and a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from vises_methods.errors import Problem
from vises_methods.study.yaml_files import YamlFile, key_path

Location = tuple[str | int, ...]

_CODES = {
    "missing": "yaml_missing_key",
    "string_type": "yaml_text",
    "int_type": "yaml_whole_number",
    "int_parsing": "yaml_whole_number",
    "int_from_float": "yaml_whole_number",
    "float_type": "yaml_number",
    "float_parsing": "yaml_number",
    "bool_type": "yaml_boolean",
    "bool_parsing": "yaml_boolean",
    "list_type": "yaml_list",
    "dict_type": "yaml_keys",
    "model_type": "yaml_keys",
    "too_short": "yaml_empty_list",
    "string_too_short": "yaml_empty_text",
    "no_words": "yaml_empty_text",
    "bad_id": "bad_id",
    "bad_variable": "bad_variable",
    "bad_date": "yaml_date",
}
_BOUNDS = {
    "greater_than_equal": ("yaml_too_small", "ge"),
    "greater_than": ("yaml_too_small", "gt"),
    "less_than_equal": ("yaml_too_large", "le"),
    "less_than": ("yaml_too_large", "lt"),
}


def validated(file: YamlFile, model: type[BaseModel], where: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Hold the content of a YAML file against its model.

    Returns
    -------
    content : dict or None
        The content with what may be left out filled in; None where something is wrong.
    problems : list of Problem
    """
    if file.content is None:
        return None, list(file.problems)
    try:
        content = model.model_validate(file.content)
    except ValidationError as error:
        return None, [*file.problems, *_problems(error, file, model, where)]
    return (content.model_dump(by_alias=True) if not file.problems else None), list(file.problems)


def _problems(error: ValidationError, file: YamlFile, model: type[BaseModel], where: str) -> Iterator[Problem]:
    told: set[Location] = set()
    faults = error.errors()
    misspelt = _misspelt_keys(faults, model)
    for fault in faults:
        location = _real(fault["loc"], file)
        if location in told or any(fault["type"] == "missing" and fault["loc"] == meant for meant in misspelt.values()):
            continue
        told.add(location)
        code, values = _say(fault, location, misspelt, model)
        yield Problem(f"study.errors.{code}", where, row=file.line(location), column=key_path(location), values=values)


def _say(
    fault: Any, location: Location, misspelt: dict[Location, Location], model: type[BaseModel]
) -> tuple[str, dict[str, Any]]:
    kind, found = fault["type"], _shown(fault["input"])
    name = location[-1] if location else ""
    if fault["loc"] in misspelt:
        return "yaml_misspelt_key", {"value": name, "name": misspelt[fault["loc"]][-1]}
    if kind == "extra_forbidden" or fault["loc"][-1:] == ("[key]",):
        return "yaml_unknown_key", {"value": name, "allowed": _keys_at(model, fault["loc"])}
    if kind == "literal_error":
        return "yaml_option", {"value": found, "allowed": _options(fault["ctx"]["expected"])}
    if kind in _BOUNDS:
        code, bound = _BOUNDS[kind]
        return code, {"value": found, "bound": f"{fault['ctx'][bound]:g}"}
    return _CODES.get(kind, "yaml_other"), {"value": found, "name": name, "detail": fault["msg"]}


def _real(location: Location, file: YamlFile) -> Location:
    """Leave out the steps that pydantic adds for unions and keys: only what stands in the file remains."""
    content, real = file.content, []
    for step in location:
        if isinstance(content, dict):
            if step == "[key]":
                break
            if step not in content and step is not location[-1]:
                continue
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        elif not isinstance(content, (dict, list)):
            continue
        real.append(step)
    return tuple(real)


def _misspelt_keys(faults: list[Any], model: type[BaseModel]) -> dict[Location, Location]:
    """Pair each unknown key with a key that is missing (or may stand) beside it and is written nearly alike."""
    pairs: dict[Location, Location] = {}
    for fault in faults:
        if fault["type"] != "extra_forbidden":
            continue
        location = fault["loc"]
        near = get_close_matches(str(location[-1]).lower(), _keys_at(model, location), n=1, cutoff=0.6)
        if near:
            pairs[location] = (*location[:-1], near[0])
    return pairs


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that may stand beside the last step of a location."""
    kind: Any = model
    for step in location[:-1]:
        models = list(_models(kind))
        if isinstance(step, int) or not models:
            continue
        field = next((f for m in models for n, f in m.model_fields.items() if step in (n, f.alias)), None)
        if field is None:
            break
        kind = field.annotation
    keys = [field.alias or name for found in _models(kind) for name, field in found.model_fields.items()]
    return list(dict.fromkeys(keys)) or list(_literals(kind))


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    elif get_origin(kind) in (Union, UnionType, list, Annotated):
        for part in get_args(kind):
            yield from _models(part)


def _literals(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from get_args(kind)
    else:
        for part in get_args(kind):
            yield from _literals(part)


def _options(expected: str) -> list[str]:
    """Take pydantic's ``'a', 'b' or 'c'`` apart."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",")]


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "…" if value else "–"
    return "–" if value is None else str(value)
