"""The provenance of everything a study's outputs hold, as an RO-Crate that other software reads.

One ``ro-crate-metadata.json`` in the folder of the outputs, after RO-Crate 1.1 and its profile Process Run Crate 0.5:
an action for each job, with its notebook as instrument, its inputs and parameters as objects, its files as results.
The times of a run stand in it, and in the ledger, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CRATE = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_TERMS = "https://w3id.org/ro/terms/workflow-run#"
_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_FORMATS = {
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".html": "text/html",
    ".csv": "text/csv",
}

Entity = dict[str, Any]


@dataclass(frozen=True)
class JobRecord:
    """One job as the crate tells it.

    Attributes
    ----------
    id, notebook : str
    notebook_digest : str
    parameters : mapping
    inputs, results_read : mapping of str to str
        The files it could read, and the results of other notebooks, with their SHA-256.
    outputs : mapping of str to str
        The files it left, relative to the outputs, with their SHA-256.
    started, ended : str
        ISO 8601.
    package, lock, python, methodology : str
        Digests of the package, of the lock and of the methodology; the version of Python.
    error : str
        Empty where it came to its end.
    """

    id: str
    notebook: str
    notebook_digest: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    results_read: Mapping[str, str]
    outputs: Mapping[str, str]
    started: str
    ended: str
    package: str
    lock: str
    python: str
    methodology: str = ""
    error: str = ""


@dataclass(frozen=True)
class RunRecord:
    """What stands in a study's outputs.

    Attributes
    ----------
    study, title, notice : str
    version : str
        The package's.
    platform : str
        The machine's system.
    jobs : iterable of JobRecord
        A tuple where the crate was read; any iterable, gone through once, where it is written.
    further : tuple of str
        Files of the outputs that no single job made, as the tables of estimates.
    """

    study: str
    title: str
    notice: str
    version: str
    platform: str
    jobs: Iterable[JobRecord]
    further: tuple[str, ...] = ()


def crate_text(run: RunRecord) -> str:
    """Write the crate's metadata."""
    return "".join(crate_lines(run))


def crate_lines(run: RunRecord) -> Iterator[str]:
    """Write the crate's metadata piece by piece: of the jobs told before, only the names are kept."""
    context = [f"{_SPECIFICATION}/context", {name: f"{_TERMS}{name}" for name in ("sha256",)}]
    yield f'{{"@context": {json.dumps(context)},\n"@graph": [\n'
    graph = _Graph()
    metadata = {"@type": "CreativeWork", "conformsTo": _ref(_SPECIFICATION), "about": _ref("./")}
    graph.add(CRATE, **metadata)
    graph.add(PROFILE, **{"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"})
    graph.add(_LICENSE, **{"@type": "CreativeWork", "name": "CC BY 4.0"})
    graph.add("#team", **{"@type": "Organization", "name": run.title})
    files, actions, last = [*run.further], [], "1970-01-01T00:00:00+00:00"
    for name in run.further:
        graph.add(name, **_file(name, ""))
    for job in run.jobs:
        _add_job(graph, job, run)
        files += job.outputs
        actions.append(_action_id(job))
        last = max(last, job.ended)
        yield from graph.lines()
    yield from _root_lines(run, last, files, actions)
    yield "\n]}\n"


def _root_lines(run: RunRecord, last: str, files: Iterable[str], actions: Iterable[str]) -> Iterator[str]:
    """Write the crate's own entity, its long lists name by name."""
    told: Entity = {"@id": "./", "@type": "Dataset", "name": run.title, "description": run.notice or run.title}
    told |= {"identifier": run.study, "datePublished": last, "license": _ref(_LICENSE), "conformsTo": _ref(PROFILE)}
    told |= {"author": _ref("#team"), "publisher": _ref("#team")}
    yield json.dumps(told, ensure_ascii=False).removesuffix("}")
    for name, parts in (("hasPart", files), ("mentions", actions)):
        yield f', "{name}": ['
        for number, part in enumerate(parts):
            yield (", " if number else "") + json.dumps(_ref(part), ensure_ascii=False)
        yield "]"
    yield "}"


class _Graph:
    """The entities of a crate, each told once."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._waiting: list[Entity] = []

    def add(self, name: str, /, **properties: Any) -> Entity:
        """Add an entity, unless one of its name was told before."""
        if name in self._told:
            return _ref(name)
        self._told.add(name)
        return self.add_own(name, **properties)

    def add_own(self, name: str, /, **properties: Any) -> Entity:
        """Add an entity that one job alone tells, so that its name need not be kept."""
        self._waiting.append({"@id": name, **properties})
        return _ref(name)

    def lines(self) -> Iterator[str]:
        """Return what was added since this was last asked for, a line each."""
        waiting, self._waiting = self._waiting, []
        return (f"{json.dumps(entity, ensure_ascii=False)},\n" for entity in waiting)


def _add_job(graph: _Graph, job: JobRecord, run: RunRecord) -> None:
    results = [graph.add_own(name, **_file(name, digest)) for name, digest in sorted(job.outputs.items())]
    objects = [
        *(_add_input(graph, name, digest) for name, digest in sorted(job.inputs.items())),
        *(_add_input(graph, f"outputs/{name}", digest) for name, digest in sorted(job.results_read.items())),
        *(_add_parameter(graph, job, name, value) for name, value in sorted(job.parameters.items())),
    ]
    if job.methodology:
        objects.append(_add_input(graph, "methodology", job.methodology))
    status = "FailedActionStatus" if job.error else "CompletedActionStatus"
    graph.add_own(
        _action_id(job),
        **{"@type": "CreateAction", "name": job.id},
        identifier=job.id,
        description=f"The notebook {job.notebook}, run with {job.id.rpartition('/')[0]}.",
        instrument=_add_notebook(graph, job, run),
        agent=_ref("#team"),
        object=objects,
        result=results,
        startTime=job.started,
        endTime=job.ended,
        actionStatus=f"http://schema.org/{status}",
        **({"error": job.error} if job.error else {}),
    )


def _add_notebook(graph: _Graph, job: JobRecord, run: RunRecord) -> Entity:
    lock = graph.add(
        f"#lock/{job.lock[:12]}",
        **{"@type": "SoftwareApplication", "name": "requirements.lock", "version": job.lock[:12] or "–"},
        sha256=job.lock,
    )
    address = _address_of_python(job.python)
    python = graph.add(
        address or f"#python/{job.python.replace(' ', '-')}",
        **{"@type": "SoftwareApplication", "name": "Python", "version": job.python, "operatingSystem": run.platform},
        **({"url": address} if address else {}),
    )
    package = graph.add(
        f"#package/{job.package[:12]}",
        **{"@type": "SoftwareApplication", "name": "vises-methods", "version": run.version},
        sha256=job.package,
        softwareRequirements=[python, lock],
    )
    return graph.add(
        f"#notebook/{job.notebook}/{job.notebook_digest[:12]}",
        **{"@type": "SoftwareApplication", "name": job.notebook, "version": job.notebook_digest[:12]},
        sha256=job.notebook_digest,
        softwareRequirements=package,
    )


def _address_of_python(version: str) -> str:
    """Return the page of a release of CPython; of others none is known."""
    kind, _, number = version.partition(" ")
    if kind != "CPython" or not number.replace(".", "").isdigit():
        return ""
    return f"https://www.python.org/downloads/release/python-{number.replace('.', '')}/"


def _add_parameter(graph: _Graph, job: JobRecord, name: str, value: Any) -> Entity:
    formal = graph.add(
        f"#parameter/{job.notebook}/{name}",
        **{"@type": "FormalParameter", "name": name, "additionalType": "Text", "valueRequired": True},
    )
    return graph.add_own(
        f"#value/{job.id}/{name}",
        **{"@type": "PropertyValue", "name": name, "value": json.dumps(value, ensure_ascii=False, sort_keys=True)},
        exampleOfWork=formal,
    )


def _add_input(graph: _Graph, name: str, digest: str) -> Entity:
    return graph.add(f"#input/{digest[:16]}/{name}", **{"@type": "CreativeWork", "name": name, "sha256": digest})


def _file(name: str, digest: str) -> Entity:
    told = {"@type": "File", "name": Path(name).name, "encodingFormat": _FORMATS.get(Path(name).suffix, "text/plain")}
    return told | ({"sha256": digest} if digest else {})


def _action_id(job: JobRecord) -> str:
    return f"#run/{job.id}"


def _ref(identifier: str) -> Entity:
    return {"@id": identifier}


def read_crate(path: Path) -> RunRecord:
    """Read a crate that :func:`crate_text` wrote.

    Parameters
    ----------
    path : Path
        The crate's folder, or the file itself.

    Raises
    ------
    OSError, ValueError, KeyError
        When there is none, or it is not one of ours.
    """
    file = path / CRATE if path.is_dir() else path
    content = json.loads(file.read_text(encoding="utf-8"))
    graph: dict[str, Entity] = {entity["@id"]: entity for entity in content["@graph"]}
    root = graph["./"]
    jobs = tuple(_read_job(graph, graph[each["@id"]]) for each in root["mentions"])
    made = {name for job in jobs for name in job.outputs}
    further = tuple(each["@id"] for each in root["hasPart"] if each["@id"] not in made)
    software = next(iter(_of_type(graph.values(), "SoftwareApplication", "vises-methods")), {})
    python = next(iter(_of_type(graph.values(), "SoftwareApplication", "Python")), {})
    told = (software.get("version", ""), python.get("operatingSystem", ""))
    return RunRecord(root["identifier"], root["name"], root["description"], *told, jobs, further)


def _read_job(graph: Mapping[str, Entity], action: Entity) -> JobRecord:
    notebook = graph[action["instrument"]["@id"]]
    package = graph[notebook["softwareRequirements"]["@id"]]
    python, lock = (graph[each["@id"]] for each in package["softwareRequirements"])
    objects = [graph[each["@id"]] for each in action["object"]]
    values = {each["name"]: json.loads(each["value"]) for each in objects if each["@type"] == "PropertyValue"}
    files = {each["name"]: each["sha256"] for each in objects if each["@type"] == "CreativeWork"}
    read = {name: digest for name, digest in files.items() if name.startswith("outputs/")}
    return JobRecord(
        id=action["identifier"],
        notebook=notebook["name"],
        notebook_digest=notebook["sha256"],
        parameters=values,
        inputs={name: digest for name, digest in files.items() if name not in read and name != "methodology"},
        results_read={name.removeprefix("outputs/"): digest for name, digest in read.items()},
        outputs={each["@id"]: graph[each["@id"]]["sha256"] for each in action["result"]},
        started=action["startTime"],
        ended=action["endTime"],
        package=package["sha256"],
        lock=lock["sha256"],
        python=python["version"],
        methodology=files.get("methodology", ""),
        error=action.get("error", ""),
    )


def _of_type(entities: Iterable[Entity], kind: str, name: str) -> list[Entity]:
    return [entity for entity in entities if entity["@type"] == kind and entity.get("name") == name]
