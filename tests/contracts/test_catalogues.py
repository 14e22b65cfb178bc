"""A reader gets French, Dutch or English, never a mixture: every text in the three, the same places to fill."""

import ast
import string
from pathlib import Path

import pytest
import yaml

from vises_methods.catalogue import LANGUAGES, LOCALE_DIRECTORY, entries

PACKAGE = LOCALE_DIRECTORY.parent
ROOMS = sorted({path.stem for path in LOCALE_DIRECTORY.rglob("*.yml")})


def texts(lang: str, room: str) -> dict[str, str]:
    return {key: value for key, value in entries(lang).items() if key.startswith(f"{room}.")}


def places(template: str) -> set[str]:
    """Return the placeholders of a text, with those that stand within the word for one and the words for several."""
    found = [(name, spec) for _, name, spec, _ in string.Formatter().parse(template) if name]
    return {name for name, _ in found}.union(*(places(spec) for _, spec in found if spec))


@pytest.mark.parametrize("room", ROOMS)
def test_the_same_texts_in_every_language(room):
    keys = {lang: set(texts(lang, room)) for lang in LANGUAGES}
    everything = set().union(*keys.values())
    assert {lang: sorted(everything - found) for lang, found in keys.items()} == {lang: [] for lang in LANGUAGES}


@pytest.mark.parametrize("room", ROOMS)
def test_the_same_places_to_fill(room):
    if room == "notebooks":
        return
    english = texts("en", room)
    differing = {
        f"{lang}:{key}": (sorted(places(english[key])), sorted(places(value)))
        for lang in ("fr", "nl")
        for key, value in texts(lang, room).items()
        if places(value) != places(english[key])
    }
    assert differing == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty_and_no_key_stands_twice(lang):
    for path in sorted((LOCALE_DIRECTORY / lang).glob("*.yml")):
        yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    assert [key for key, value in entries(lang).items() if not value.strip()] == []


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_translation_is_no_copy_of_the_english(lang):
    english, other = entries("en"), entries(lang)
    long_enough = {key for key, value in english.items() if len(value.split()) > 5}
    assert [key for key in sorted(long_enough) if other[key] == english[key]] == []


def test_every_text_that_the_code_names_exists():
    known = entries("en")
    missing = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                names_a_text = node.func.id in ("text", "Notice", "NotEstimable")
                if names_a_text and isinstance(first, ast.Constant) and first.value not in known:
                    missing.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {first.value}")
    assert missing == []


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a mapping in which a key stands twice: YAML keeps the last and says nothing."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: a key stands twice: {keys}"
        return super().construct_mapping(node, deep)


def test_the_languages_have_folders_and_no_other():
    assert {path.name for path in Path(LOCALE_DIRECTORY).iterdir()} == set(LANGUAGES)
