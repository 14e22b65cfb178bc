"""A researcher finds every method built alike: data first, options by name, one result, and a docstring that says all.

What is looked at is what each room offers by its own name (its ``__all__``), for nothing else is promised.
"""

import importlib
import inspect
import re

import pytest

ROOMS = ("qualitative", "indicators", "outcomes", "synthesis")
PUBLIC = {
    f"{room}.{name}": getattr(importlib.import_module(f"vises_methods.{room}"), name)
    for room in ROOMS
    for name in importlib.import_module(f"vises_methods.{room}").__all__
}
FUNCTIONS = {name: function for name, function in PUBLIC.items() if inspect.isfunction(function)}
CLASSES = {name: found for name, found in PUBLIC.items() if inspect.isclass(found)}

VARIABLE_KEYWORDS = {
    "outcomes.effect_size": "the design page writes effect_size(measure, **columns): the columns depend on the measure",
}
SECTIONS_NOT_YET_WRITTEN = frozenset(
    [
        "qualitative.apply_operations",
        "qualitative.read_qdc",
        "indicators.mesis_mapping",
        "outcomes.causal_words",
        "outcomes.detection_power",
        "outcomes.hedges_factor",
        "outcomes.overclaims",
        "outcomes.proportions_power",
    ]
)
"""Functions whose docstring is a sentence or lacks a section. The list may only grow shorter; a test says when."""
FEW_ARGUMENTS = 3
"""Up to so many, a function of synthesis may do with a sentence: it joins methods whose own docstrings say the rest."""
POSITIONAL_OPTIONS = {
    "outcomes": "the design page of the room writes its options as positional too, as in paired_change",
}
NO_DATA_TO_READ = {
    "qualitative.double_coding_size": "it plans a study before there are data: all it takes are options",
}


def sections(function) -> set[str]:
    return set(re.findall(r"^([A-Z][A-Za-z ]+)\n-{3,}$", inspect.cleandoc(function.__doc__ or ""), flags=re.MULTILINE))


def parameters(function) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())


def returns_a_result(function) -> bool:
    annotation = str(inspect.signature(function).return_annotation)
    known = {name.partition(".")[2] for name, found in CLASSES.items() if is_result(found)} | {"Result"}
    return annotation in known


def is_result(found: type) -> bool:
    return any(base.__name__ == "Result" for base in found.__mro__)


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_says_when_to_use_it(name):
    words = inspect.getdoc(PUBLIC[name]) if callable(PUBLIC[name]) else "a constant"
    assert words
    assert words[0].isupper()


def lacking(name: str) -> set[str]:
    function = FUNCTIONS[name]
    if name.startswith("synthesis.") and len(parameters(function)) <= FEW_ARGUMENTS:
        return set()
    wanted = {"Returns"} | ({"Parameters"} if parameters(function) else set())
    return wanted - sections(function)


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - SECTIONS_NOT_YET_WRITTEN))
def test_a_function_says_what_it_takes_and_what_it_gives(name):
    """Columns, units, missing values and what comes back stand in the sections Parameters and Returns."""
    assert lacking(name) == set()


def test_the_list_of_what_is_not_yet_written_holds_no_more_than_that():
    assert {name for name in SECTIONS_NOT_YET_WRITTEN if name not in FUNCTIONS or not lacking(name)} == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_is_described_by_its_name(name):
    """A docstring that has a section Parameters names all of them: one that was added later is told too."""
    function = FUNCTIONS[name]
    if "Parameters" not in sections(function):
        return
    body = inspect.getdoc(function).split("Parameters\n----------\n")[1]
    body = re.split(r"\n[A-Z][A-Za-z ]+\n-{3,}\n", body)[0]
    told = {
        word.strip(" *")
        for line in body.splitlines()
        if re.match(r"^\S", line)
        for word in line.split(":")[0].split(",")
    }
    assert {parameter.name for parameter in parameters(function)} <= told


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_option_can_be_misspelt_in_silence(name):
    kinds = {parameter.kind for parameter in parameters(FUNCTIONS[name])}
    if name not in VARIABLE_KEYWORDS:
        assert inspect.Parameter.VAR_KEYWORD not in kinds


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if returns_a_result(function)])
def test_a_method_takes_its_data_by_position_and_its_options_by_name(name):
    """``method(data, /, *, options) -> Result``: what is read cannot be confused with how it is read."""
    if name in NO_DATA_TO_READ:
        return
    found = parameters(FUNCTIONS[name])
    assert found[0].kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    assert found[0].default is inspect.Parameter.empty
    if name.partition(".")[0] in POSITIONAL_OPTIONS:
        return
    by_position = [each for each in found if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert all(each.kind is inspect.Parameter.POSITIONAL_ONLY for each in by_position)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_seed_is_an_option_by_name_and_a_number(name):
    """A draw that cannot be repeated is no result: where there is a seed it has a value, and 0 is a value like any."""
    for parameter in parameters(FUNCTIONS[name]):
        if parameter.name == "seed":
            assert parameter.default == 0
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY or name.partition(".")[0] in POSITIONAL_OPTIONS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_and_answer_has_its_type(name):
    function = FUNCTIONS[name]
    assert inspect.signature(function).return_annotation is not inspect.Signature.empty
    assert [p.name for p in parameters(function) if p.annotation is inspect.Parameter.empty] == []


def test_what_is_excused_still_exists():
    assert VARIABLE_KEYWORDS.keys() | NO_DATA_TO_READ.keys() <= FUNCTIONS.keys()
    assert POSITIONAL_OPTIONS.keys() <= set(ROOMS)
