"""The written dictionary is the one that the definitions give."""

import pytest

from vises_methods.study import dictionary, reference_root
from vises_methods.study.data_dictionary import dictionary_markdown
from vises_methods.study.definitions import TABLES, table


@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_the_written_dictionary_is_fresh(lang: str):
    written = (reference_root() / f"dictionary.{lang}.md").read_text(encoding="utf-8")
    assert written == dictionary_markdown(lang), "run vises_methods.study.write_dictionaries()"


def test_every_column_of_every_table_stands_in_it():
    rows = dictionary("en")
    assert len(rows) == sum(len(table(name).columns) for name in TABLES)
    found = rows[(rows["table"] == "indicators") & (rows["column"] == "n")].iloc[0]
    assert found["allowed"] == "more than 0"
