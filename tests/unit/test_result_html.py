"""What the notebooks publish is named and told in the reader's language."""

import json
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.media_type import MIME
from vises_methods.qualitative.code_agreement import METHODS
from vises_methods.result_html import method_title, result_html
from vises_methods.results import Result

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def published_methods(notebook: Path) -> set[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    bundles = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return {bundle[MIME]["result"]["method"] for bundle in bundles if MIME in bundle}


@pytest.mark.parametrize(
    "notebook", [path for path in NOTEBOOKS if published_methods(path)], ids=lambda path: path.stem
)
def test_every_published_method_has_a_name_in_each_language(notebook):
    for method in published_methods(notebook):
        names = {lang: method_title(method, lang) for lang in ("fr", "nl", "en")}
        assert names["fr"] != names["en"] or method in {"Attrition", "Normalisation", "normalisation", "audit"}
        assert names["nl"] != names["en"]


@pytest.mark.parametrize("coefficient", METHODS)
def test_every_coefficient_that_a_methodology_may_choose_has_a_name(coefficient):
    method = f"{METHODS[coefficient][0]} per code"
    assert method_title(method, "en") == method
    assert method_title(method, "fr").endswith("par code")


def test_a_method_of_ones_own_keeps_its_name():
    assert method_title("My own count", "nl") == "My own count"


def test_a_result_is_told_in_the_language_asked_for():
    estimates = pd.DataFrame(
        {"measure": ["share"], "subject": ["<b>"], "estimate": [0.5], "low": [0.25], "high": [0.75]}
    )
    shown = Result(method="Code by case", reference="Nobody (2026)", estimates=estimates).to_html("nl")
    for words in ("Codes per geval", "<th scope='col'>Schatting</th>", "0,50", "0,25 tot 0,75", "&lt;b&gt;"):
        assert words in shown


def test_remarks_follow_the_table():
    empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
    assert result_html("m", "r", empty, ["a & b"], "en").endswith("</table><ul><li>a &amp; b</li></ul>")
