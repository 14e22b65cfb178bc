"""The provenance of everything a study's outputs hold, as an RO-Crate that other software reads.

One ``ro-crate-metadata.json`` in the folder of the outputs, after RO-Crate 1.1 and its profile Process Run Crate 0.5:
an action for each job, with its notebook as instrument, its inputs and parameters as objects, its files as results.
The times of a run stand in it, and in the ledger, and nowhere else.
"""

from __future__ import annotations

import json
import posixpath
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, starmap
from pathlib import Path
from typing import Any

from vises_methods.publish.set_aside import set_aside

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

_ASIDE = "CREATE TABLE told (key TEXT PRIMARY KEY) WITHOUT ROWID; CREATE TABLE named (list TEXT, name TEXT)"
_PARTS, _ACTIONS = "hasPart", "mentions"

# How many names are looked for in memory first: the jobs of one enterprise, which follow each other, share its files.
_MOST_RECENT = 1000

Entity = dict[str, Any]
_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class JobRecord:
    """One job as the crate tells it.

    Attributes
    ----------
    id, notebook : str
    notebook_digest : str
    parameters : mapping
    inputs, results_read : mapping of str to str
        The files it could read, and the results of other notebooks, with their SHA-256: in the order of their names,
        in which the crate tells them, and gone through twice.
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


def crate_lines(run: RunRecord) -> Iterator[str]:
    """Write the crate's metadata piece by piece: the names told before stand on the disk, not in memory."""
    context = [f"{_SPECIFICATION}/context", {name: f"{_TERMS}{name}" for name in ("sha256",)}]
    yield f'{{"@context": {_json(context)},\n"@graph": [\n'
    with set_aside(_ASIDE) as aside:
        graph, last = _Graph(aside), "1970-01-01T00:00:00+00:00"
        _add_what_all_share(graph, run)
        for job in run.jobs:
            yield from _job_lines(graph, job, run)
            last = max(last, job.ended)
        yield from graph.lines()
        yield from _root_lines(run, last, graph)
    yield "\n]}\n"


def _add_what_all_share(graph: _Graph, run: RunRecord) -> None:
    metadata = {"@type": "CreativeWork", "conformsTo": _ref(_SPECIFICATION), "about": _ref("./")}
    graph.add(CRATE, **metadata)
    graph.add(PROFILE, **{"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"})
    graph.add(_LICENSE, **{"@type": "CreativeWork", "name": "CC BY 4.0"})
    graph.add("#team", **{"@type": "Organization", "name": run.title})
    for name in run.further:
        graph.add(name, **_file(name, ""))
    graph.name_in(_PARTS, run.further)


def _root_lines(run: RunRecord, last: str, graph: _Graph) -> Iterator[str]:
    """Write the crate's own entity, its long lists name by name."""
    told: Entity = {"@id": "./", "@type": "Dataset", "name": run.title, "description": run.notice or run.title}
    told |= {"identifier": run.study, "datePublished": last, "license": _ref(_LICENSE), "conformsTo": _ref(PROFILE)}
    told |= {"author": _ref("#team"), "publisher": _ref("#team")}
    yield _json(told).removesuffix("}")
    for name in (_PARTS, _ACTIONS):
        yield from _list_pieces(name, graph.named_in(name))
    yield "}"


def _list_pieces(name: str, identifiers: Iterable[str]) -> Iterator[str]:
    """Write a property of an entity that is a list of others, however long."""
    before = f', "{name}": ['
    for identifier in identifiers:
        yield f'{before}{{"@id": {_json(identifier)}}}'
        before = ", "
    yield "]" if before == ", " else f"{before}]"


class _Graph:
    """The entities of a crate, each told once, and the names in its long lists.

    Parameters
    ----------
    aside : sqlite3.Connection
        Where the names stand meanwhile.
    """

    def __init__(self, aside: sqlite3.Connection) -> None:
        self._aside = aside
        self._recent: set[str] = set()
        self._waiting: list[str] = []

    def is_new(self, key: str) -> bool:
        """Say whether an entity is asked for the first time."""
        if key in self._recent:
            return False
        if len(self._recent) >= _MOST_RECENT:
            self._recent.clear()
        self._recent.add(key)
        return self._aside.execute("INSERT OR IGNORE INTO told VALUES (?)", (key,)).rowcount == 1

    def add(self, name: str, /, **properties: Any) -> Entity:
        """Add an entity, unless one of its name was told before."""
        return self.add_own(name, **properties) if self.is_new(name) else _ref(name)

    def add_own(self, name: str, /, **properties: Any) -> Entity:
        """Add an entity that one job alone tells, so that its name need not be kept."""
        self._waiting.append(f"{_json({'@id': name, **properties})},\n")
        return _ref(name)

    def lines(self) -> list[str]:
        """Return what was added since this was last asked for, a line each."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def name_in(self, listed: str, names: Iterable[str]) -> None:
        """Put names at the end of one of the long lists."""
        self._aside.executemany("INSERT INTO named VALUES (?, ?)", [(listed, name) for name in names])

    def named_in(self, listed: str) -> Iterator[str]:
        """Return the names in one of the long lists, in their order."""
        found = self._aside.execute("SELECT name FROM named WHERE list = ? ORDER BY rowid", (listed,))
        return (name for (name,) in found)


def _job_lines(graph: _Graph, job: JobRecord, run: RunRecord) -> Iterator[str]:
    """Write all that a job adds to the crate; one over the whole study has tens of thousands of inputs."""
    results = [graph.add_own(name, **_file(name, digest)) for name, digest in sorted(job.outputs.items())]
    yield from graph.lines()
    yield from _input_lines(graph, _files_read(job))
    values = [_add_parameter(graph, job, name, value) for name, value in sorted(job.parameters.items())]
    yield from graph.lines()
    methodology = [("methodology", job.methodology)] if job.methodology else []
    yield from _input_lines(graph, methodology)
    told: Entity = {"@id": _action_id(job), "@type": "CreateAction", "name": job.id, "identifier": job.id}
    told["description"] = f"The notebook {job.notebook}, run with {job.id.rpartition('/')[0]}."
    told |= {"instrument": _add_notebook(graph, job, run), "agent": _ref("#team")}
    yield from graph.lines()
    files, own = (starmap(_input_id, each) for each in (_files_read(job), methodology))
    yield _json(told).removesuffix("}")
    yield from _list_pieces("object", chain(files, values, own))
    yield f", {_json(_how_it_ended(job, results)).removeprefix('{')},\n"
    graph.name_in(_PARTS, job.outputs)
    graph.name_in(_ACTIONS, [_action_id(job)])


def _how_it_ended(job: JobRecord, results: list[Entity]) -> Entity:
    status = "FailedActionStatus" if job.error else "CompletedActionStatus"
    told = {"result": results, "startTime": job.started, "endTime": job.ended}
    return told | {"actionStatus": f"http://schema.org/{status}"} | ({"error": job.error} if job.error else {})


def _files_read(job: JobRecord) -> Iterator[tuple[str, str]]:
    yield from job.inputs.items()
    for name, digest in job.results_read.items():
        yield f"outputs/{name}", digest


def _input_lines(graph: _Graph, files: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, digest in files:
        # By name first: those of one enterprise then stand together on the disk.
        if graph.is_new(f"{name}\0{digest[:16]}"):
            told = f'"@type": "CreativeWork", "name": {_json(name)}, "sha256": {_json(digest)}'
            yield f'{{"@id": {_json(_input_id(name, digest))}, {told}}},\n'


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


def _add_parameter(graph: _Graph, job: JobRecord, name: str, value: Any) -> str:
    """Add a value that was given, and return its identifier."""
    formal = graph.add(
        f"#parameter/{job.notebook}/{name}",
        **{"@type": "FormalParameter", "name": name, "additionalType": "Text", "valueRequired": True},
    )
    identifier, written = f"#value/{job.id}/{name}", json.dumps(value, ensure_ascii=False, sort_keys=True)
    told = {"@type": "PropertyValue", "name": name, "value": written}
    graph.add_own(identifier, **told, exampleOfWork=formal)
    return identifier


def _input_id(name: str, digest: str) -> str:
    return f"#input/{digest[:16]}/{name}"


def _file(name: str, digest: str) -> Entity:
    _, suffix = posixpath.splitext(name)
    told = {"@type": "File", "name": posixpath.basename(name), "encodingFormat": _FORMATS.get(suffix, "text/plain")}
    return told | ({"sha256": digest} if digest else {})


def _action_id(job: JobRecord) -> str:
    return f"#run/{job.id}"


def _ref(identifier: str) -> Entity:
    return {"@id": identifier}


def read_crate(path: Path) -> RunRecord:
    """Read a crate that :func:`crate_lines` wrote.

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
