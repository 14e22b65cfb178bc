"""From the ledger to the crate: every job of which something stands in the outputs, with its last attempt."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from vises_methods.batch.folders import StudyFolder
from vises_methods.batch.ledger import Entry, Ledger
from vises_methods.catalogue import localised
from vises_methods.publish.crate import CRATE, JobRecord, RunRecord, crate_lines
from vises_methods.publish.whole_files import whole_file


def installed_version() -> str:
    """Return the package's version as it is installed."""
    return importlib.metadata.version("vises-methods")


def platform_told() -> str:
    """Return the machine's system as the crate tells it."""
    return f"{platform.system()} {platform.machine()}"


def write_crate(
    study: StudyFolder, titles: Mapping[str, str], notice: Mapping[str, str], ledger: Ledger, outputs: Path
) -> Path:
    """Write the crate of a study's outputs and return its file."""
    lang = study.languages[0]
    jobs = (
        job_record(entry, started, seconds)
        for entry, started, seconds in ledger.attempted()
        if entry.components and entry.state != "blocked"
    )
    run = RunRecord(
        study=study.id,
        title=localised(titles, lang),
        notice=localised(notice, lang),
        version=installed_version(),
        platform=platform_told(),
        jobs=jobs,
        further=tuple(path.relative_to(outputs).as_posix() for path in sorted(outputs.glob("*/estimates.csv"))),
    )
    path = outputs / CRATE
    with whole_file(path) as file:
        file.writelines(crate_lines(run))
    return path


def job_record(entry: Entry, started: str, seconds: float) -> JobRecord:
    """Return how the crate tells a job."""
    parts = entry.components
    folder, _, stem = entry.job_id.rpartition("/")
    ended = datetime.fromisoformat(started) + timedelta(seconds=round(seconds))
    return JobRecord(
        id=entry.job_id,
        notebook=stem.rpartition(".")[0],
        notebook_digest=parts["notebook"],
        parameters=parts["parameters"],
        inputs=parts["inputs"],
        results_read=parts["after"],
        outputs={f"{folder}/{name}": digest for name, digest in entry.outputs.items()},
        started=started,
        ended=ended.isoformat(timespec="seconds"),
        package=parts["package"],
        lock=parts["lock"],
        python=parts["python"],
        methodology=parts["methodology"],
        error="" if entry.failure is None else entry.failure.what("en"),
    )
