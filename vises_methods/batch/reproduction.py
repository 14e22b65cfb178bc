"""Running again what a crate tells of, in a folder of its own, and telling what came out otherwise."""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vises_methods.batch.digests import Digests, sha256
from vises_methods.batch.keys import Surroundings, key_components
from vises_methods.batch.pictures import FIGURE, page_shown, picture_shown
from vises_methods.batch.plan import OWN_LANGUAGE, Job
from vises_methods.batch.preparation import Prepared, Request, prepare
from vises_methods.batch.selection import Selection
from vises_methods.catalogue import LANGUAGES, text
from vises_methods.errors import InputError
from vises_methods.media_type import MIME
from vises_methods.publish.crate import JobRecord, RunRecord, read_crate
from vises_methods.study import outputs_root

RESULTS = ".results.json"
_PARTS = ("notebook_digest", "methodology", "package", "lock", "python")
_WHERE = ("study",)
_TELLING = ("measure", "subject", "code", "indicator", "dimension", "heading", "file")
"""The columns that say what a row of a table is about."""
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Difference:
    """Something that is not as the crate tells it.

    Attributes
    ----------
    code : str
        A key of the catalogue under ``batch.reproduction``.
    where : str
        The job or file.
    place, before, now : str
        The value within it, what the crate has, what came out.
    """

    code: str
    where: str
    place: str = ""
    before: str = ""
    now: str = ""

    @property
    def of_results(self) -> bool:
        """Whether results differ, and not only what they were made from."""
        return self.code not in ("input", "surroundings", "other_notebook")

    def sentence(self, lang: str) -> str:
        """Say it."""
        where = text(f"batch.parts.{self.where}", lang) if self.code == "surroundings" else self.where
        told = {"where": where, "place": self.place, "before": self.before, "now": self.now}
        return text(f"batch.reproduction.{self.code}", lang, **told)


def crate_of(named: str) -> tuple[Path, RunRecord]:
    """Find a crate by its folder, its file, or the name of a study that was run here.

    Raises
    ------
    InputError
        When there is none that can be read.
    """
    given = Path(named)
    folder = given if given.exists() else outputs_root() / named
    try:
        return (folder if folder.is_dir() else folder.parent), read_crate(folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        found = f"{type(error).__name__}: {error}"
        raise InputError("batch.errors.no_crate", "vises reproduce", value=named, detail=found) from error


def jobs_of(run: RunRecord, study: str) -> tuple[Prepared, list[Job], list[Difference]]:
    """Return the jobs that a crate tells of, as this machine plans them, and those that it cannot plan."""
    told = {job.id: job for job in run.jobs if not job.error}
    methodologies = tuple(sorted({name.split("/")[0] for name in told}))
    prepared: Prepared | None = None
    found: dict[str, Job] = {}
    for lang in (OWN_LANGUAGE, *LANGUAGES):
        prepared = prepare(Request(study, Selection(), methodologies, lang))
        for job in prepared.jobs(prepared.enterprises):
            if job.id in told:
                found.setdefault(job.id, _as_told(job, told[job.id]))
    assert prepared is not None
    order = sorted(found.values(), key=lambda job: (job.enterprise is None, job.folder, job.notebook.name, job.lang))
    jobs = [replace(job, requires=tuple(name for name in job.requires if name in found)) for job in order]
    return prepared, jobs, [Difference("no_job", name) for name in sorted(told.keys() - found.keys())]


def _as_told(job: Job, record: JobRecord) -> Job:
    """Return a job with the values that it was given then; what names a folder of this machine stays."""
    given = {name: value for name, value in record.parameters.items() if name not in _WHERE}
    return replace(job, parameters={**job.parameters, **given})


def surroundings_differing(
    run: RunRecord, jobs: Sequence[Job], around: Surroundings, digests: Digests
) -> list[Difference]:
    """Return which inputs, notebooks and software are not those of the crate: why results may differ."""
    told = {job.id: job for job in run.jobs}
    found: dict[tuple[str, str], Difference] = {}
    for job in jobs:
        record, now = told[job.id], key_components(job, around, digests)
        for name in sorted({*record.inputs, *now["inputs"]}):
            before, after = record.inputs.get(name, ""), now["inputs"].get(name, "")
            if before != after:
                found.setdefault(("input", name), Difference("input", name, "", _shortened(before), _shortened(after)))
        for part in _PARTS:
            before, after = getattr(record, part), str(now[part.removesuffix("_digest")])
            if before != after:
                own = part == "notebook_digest"
                told_of = ("other_notebook", job.notebook.name) if own else ("surroundings", part)
                found.setdefault(told_of, Difference(*told_of, "", _shortened(before), _shortened(after)))
    return list(found.values())


def outputs_differing(
    run: RunRecord, crate: Path, made: Path, jobs: Sequence[Job], tolerance: float
) -> Iterator[Difference]:
    """Compare each file of the crate with the one made now: results by value, all else byte for byte.

    Parameters
    ----------
    run : RunRecord
    crate, made : Path
        The two folders of outputs.
    jobs : sequence of Job
    tolerance : float
        How far two numbers may lie apart, relative to the larger.
    """
    told = {job.id: job for job in run.jobs}
    for job in jobs:
        for name, digest in sorted(told[job.id].outputs.items()):
            before, now = crate / name, made / name
            if not before.is_file():
                yield Difference("lost", name)
                continue
            altered = sha256(before) != digest
            if altered:
                yield Difference("altered", name)
            if not now.is_file():
                yield Difference("not_made", name)
            elif altered or sha256(now) != digest:
                yield from _file_differing(name, before, now, tolerance)


def _file_differing(name: str, before: Path, now: Path, tolerance: float) -> Iterator[Difference]:
    if name.endswith(".html"):
        if page_shown(before.read_text(encoding="utf-8")) != page_shown(now.read_text(encoding="utf-8")):
            yield Difference("page", name)
        return
    try:
        old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (before, now))
    except ValueError:  # altered until it can no longer be read, which was told
        return
    if name.endswith(RESULTS):
        found = values_differing(old, new, tolerance=tolerance)
        yield from (Difference("value", name, place, _short(was), _short(now)) for place, was, now in found)
    else:
        yield from _cells_differing(name, _shown(old), _shown(new))


def _shown(notebook: dict[str, Any]) -> dict[str, Any]:
    """Leave out of an executed notebook what it publishes, which is compared by value, as results; see its pictures."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            data.pop(MIME, None)
            if FIGURE in data:
                data[FIGURE] = picture_shown("".join(data[FIGURE]))
    return notebook


def _cells_differing(name: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    """Tell of two executed notebooks which cells show something else: a figure, another output, other code."""
    cells = list(zip(before["cells"], now["cells"], strict=False))
    told = False
    for place, (old, new) in enumerate(cells, start=1):
        if old != new:
            line = "".join(new["source"]).partition("\n")[0]
            yield Difference(_what_differs(old, new), name, str(place), line)
            told = True
    if len(before["cells"]) != len(now["cells"]) or (before != now and not told):
        yield Difference("notebook", name)


def _what_differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if old["source"] != new["source"]:
        return "cell"
    figures = [[output.get("data", {}).get(FIGURE) for output in cell.get("outputs", ())] for cell in (old, new)]
    return "figure" if figures[0] != figures[1] else "output"


def values_differing(before: Any, now: Any, *, tolerance: float, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Return each value of two JSON contents that differs: its place, what it was, what it is.

    Examples
    --------
    >>> list(values_differing({"a": [1.0, "x"]}, {"a": [1.0 + 1e-12, "y"]}, tolerance=1e-9))
    [('a[1]', 'x', 'y')]
    """
    if _is_table(before) and _is_table(now) and before["columns"] == now["columns"]:
        yield from _rows_differing(before, now, tolerance, place)
        return
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in sorted({*before, *now}):
            below = f"{place}.{name}" if place else name
            yield from values_differing(before.get(name), now.get(name), tolerance=tolerance, place=below)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for i, (old, new) in enumerate(zip(before, now, strict=True)):
            yield from values_differing(old, new, tolerance=tolerance, place=f"{place}[{i}]")
    elif not _equal(before, now, tolerance):
        yield place, _written(before), _written(now)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("columns"), list) and isinstance(value.get("rows"), list)


def _rows_differing(
    before: Mapping[str, Any], now: Mapping[str, Any], tolerance: float, place: str
) -> Iterator[tuple[str, str, str]]:
    """Compare two tables row by row; each row is named by what it is about, as far as it says so, and its number."""
    columns, old_rows, new_rows = before["columns"], before["rows"], now["rows"]
    if len(old_rows) != len(new_rows):
        yield f"{place}.rows", str(len(old_rows)), str(len(new_rows))
        return
    for number, (old, new) in enumerate(zip(old_rows, new_rows, strict=True), start=1):
        if old != new:
            cells = dict(zip(columns, old, strict=False))
            words = " · ".join(str(cells[name]) for name in _TELLING if isinstance(cells.get(name), str))
            for column, was, is_now in zip(columns, old, new, strict=False):
                where = f"{place}, {words} ({number}), {column}"
                yield from values_differing(was, is_now, tolerance=tolerance, place=where)


def _equal(before: Any, now: Any, tolerance: float) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, now))
    if numbers:
        return math.isclose(before, now, rel_tol=tolerance)
    return bool(before == now) or (_is_digest(before) and _is_digest(now))


def _is_digest(value: Any) -> bool:
    """Say whether a value is a SHA-256: of an input it is told as a cause, and is no result."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shortened(value: str) -> str:
    """Write the beginning of a digest, any other value whole."""
    return (value[:12] if _is_digest(value) else value) or "–"


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:59]}…"


def fresh_folder() -> Path:
    """Return a new folder for the outputs of a reproduction."""
    return Path(tempfile.mkdtemp(prefix="vises-reproduction-"))
