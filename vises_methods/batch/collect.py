"""What an executed notebook carries: its published results, as plain JSON, as rows, and the files it says it read."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from vises_methods.batch.written import json_text
from vises_methods.media_type import MIME
from vises_methods.publish.whole_files import whole_file

INPUTS = "inputs"
"""The name under which a notebook publishes the list of the files it read."""


class SameNameTwiceError(ValueError):
    """Two results of a notebook have one name."""


def published_results(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Return the results that an executed notebook carries, by name.

    Raises
    ------
    SameNameTwiceError
        When a name was published twice: one of the two would be lost.
    """
    results: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            bundle = output.get("data", {}).get(MIME)
            if bundle is None:
                continue
            if bundle["name"] in results:
                raise SameNameTwiceError(bundle["name"])
            results[bundle["name"]] = bundle["result"]
    return results


def results_json(identity: Mapping[str, str], results: Mapping[str, Any]) -> str:
    """Write results as JSON, keys sorted, the same bytes for the same results.

    ``identity`` tells ``enterprise, lang, methodology, notebook, study``; the results stand under ``results``.
    """
    return json_text({**identity, "results": results}) + "\n"


def undeclared_reads(results: Mapping[str, Any], declared: Iterable[Container[str]]) -> list[str]:
    """Return the files that a notebook says it read and that stand in no collection of those that it declares.

    Files are relative to the study.
    """
    if INPUTS not in results:
        return []
    table = results[INPUTS]["details"].get("files")
    if table is None:
        return []
    column = table["columns"].index("file")
    read = {os.path.normpath(row[column]).replace("\\", "/") for row in table["rows"]}
    return [name for name in sorted(read) if not any(name in each for each in declared)]


def estimate_rows(content: Mapping[str, Any], group: str, region: str) -> list[dict[str, Any]]:
    """Return the estimates of a results file as rows, each with the enterprise, notebook, result and method.

    Parameters
    ----------
    content : mapping
        What stands in a ``.results.json``.
    group, region : str
        Of the enterprise; empty for the study.
    """
    rows = []
    for name, result in sorted(content["results"].items()):
        table = result["estimates"]
        for cells in table["rows"]:
            rows.append(
                {
                    "methodology": content["methodology"],
                    "enterprise": content["enterprise"],
                    "group": group,
                    "region": region,
                    "notebook": content["notebook"],
                    "lang": content["lang"],
                    "result": name,
                    "method": result["method"],
                    **{column: _cell(cell) for column, cell in zip(table["columns"], cells, strict=True)},
                }
            )
    return rows


def read_results(path: Path) -> dict[str, Any]:
    """Read a ``.results.json``."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV, one after the other, the same bytes for the same rows; a file that says the same is kept."""
    with whole_file(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, (list, dict)) else value
