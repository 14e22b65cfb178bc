"""Every problem the study room can tell has its words, with the same placeholders in the three languages."""

import re
import string
from pathlib import Path

import pytest

from vises_methods import study
from vises_methods.catalogue import entries
from vises_methods.study.model_problems import _BOUNDS, _CODES

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(study.__file__).parent.rglob("*.py"))


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_code_that_is_told_has_words():
    told = set(re.findall(r"study\.errors\.([a-z_0-9]+)\"", SOURCE))
    told |= set(re.findall(r"context\.(?:cell|key)\(\s*\"([a-z_]+)\"", SOURCE))
    told |= set(_CODES.values()) | {code for code, _ in _BOUNDS.values()}
    assert len(told) > 60
    assert {f"study.errors.{code}.found" for code in told} <= set(entries("en"))


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_placeholders_are_the_same_in_each_language(lang: str):
    for key, template in entries("en").items():
        if key.startswith("study."):
            assert _placeholders(entries(lang)[key]) == _placeholders(template), key
