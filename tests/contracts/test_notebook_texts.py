"""The texts of the notebooks hold nothing that no notebook has: a text left over is one that nobody reads or mends."""

from pathlib import Path

import nbformat
import pytest
import yaml

from vises_methods.catalogue import LANGUAGES, LOCALE_DIRECTORY

FOLDER = Path(__file__).parents[2] / "notebooks"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_left_over(lang):
    kept = yaml.safe_load((LOCALE_DIRECTORY / lang / "notebooks.yml").read_text(encoding="utf-8"))
    written = {
        path.stem: {cell.id for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"}
        for path in FOLDER.glob("*.ipynb")
    }
    left = {stem: sorted(set(texts) - written.get(stem, set())) for stem, texts in kept.items()}
    assert {stem: names for stem, names in left.items() if names} == {}
