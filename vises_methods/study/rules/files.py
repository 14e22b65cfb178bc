"""Files that belong to no table: most often a slip in a file's name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vises_methods.errors import Problem
from vises_methods.study.definitions import TABLES
from vises_methods.study.models import ENTERPRISE_FILES
from vises_methods.study.rules.context import Context, nearest

NOTEBOOKS = (
    "01_portrait",
    "02_data_quality",
    "03_qualitative_coding",
    "04_indicator_aggregation",
    "05_outcome_comparison",
    "06_synthesis",
)
_FOLDERS = ("texts", "readings", "codebooks")
_STUDY = ("study.yml", "datapackage.json", "group_ranges.csv", "enterprises")


def problems(context: Context) -> Iterator[Problem]:
    """Tell the files in the folder of an enterprise that nothing reads."""
    folder, where = context.folder.path, context.folder.where
    expected = [*(f"{name}.csv" for name in TABLES), *(f"{name}.yml" for name in ENTERPRISE_FILES), *_FOLDERS]
    yield from stray(folder, expected, where)
    yield from stray(folder / "readings", [f"{name}.md" for name in NOTEBOOKS], f"{where}/readings")
    changes = context.folder.yaml("codebook_changes").content or {}
    earlier = [f"{step['from']}.yml" for step in changes.get("versions", [])]
    yield from stray(folder / "codebooks", earlier, f"{where}/codebooks")
    documents = context.values("documents", "document")
    if documents is not None:
        yield from stray(folder / "texts", [f"{name}.txt" for name in documents], f"{where}/texts", "stray_text")


def study_problems(study: Path) -> Iterator[Problem]:
    """Tell the files in the folder of a study that nothing reads; Markdown notes are welcome."""
    yield from stray(study, [*_STUDY, *(path.name for path in study.glob("*.md"))], "")


def stray(folder: Path, expected: list[str], where: str, code: str = "stray_file") -> Iterator[Problem]:
    """Tell the files of a folder that are not expected, with the name that is nearest among the absent ones.

    A folder that bears a file's name is told too: nothing would read what it holds.

    Hidden files and the locks of office programs (``~$…``) are passed over.
    """
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    absent = [name for name in expected if name not in present]
    for name in sorted(present & set(expected)):
        if Path(name).suffix and (folder / name).is_dir():
            place = f"{where}/{name}" if where else name
            yield Problem("study.errors.folder_for_file", place, values={"value": name})
    for name in sorted(present - set(expected)):
        if name.startswith((".", "~$")):
            continue
        near = nearest(name.lower(), absent)
        place = f"{where}/{name}" if where else name
        if near:
            yield Problem("study.errors.misspelt_file", place, values={"value": name, "name": near})
        else:
            yield Problem(f"study.errors.{code}", place, values={"value": name, "allowed": expected})
