"""The definitions are whole: three languages, keys that are columns, patterns with an example that meets them."""

import re

import pytest

from vises_methods.study.definitions import DIRECTORY, TABLES, table


def test_every_file_is_a_table_and_every_table_a_file():
    assert sorted(TABLES) == sorted(path.stem for path in DIRECTORY.glob("*.yml"))


@pytest.mark.parametrize("name", TABLES)
def test_a_definition_is_whole(name: str):
    definition = table(name)
    assert definition.name == name
    assert set(definition.key) <= set(definition.names)
    assert len(set(definition.names)) == len(definition.names)
    for words in (definition.title, definition.description, *(column.description for column in definition.columns)):
        assert set(words or {}) == {"fr", "nl", "en"}
        assert all(text.strip() for text in (words or {}).values())


@pytest.mark.parametrize("name", TABLES)
def test_an_example_has_the_form_that_it_shows(name: str):
    for column in table(name).columns:
        if column.pattern and "×" not in str(column.example):
            assert re.fullmatch(column.pattern, str(column.example)), column.name
