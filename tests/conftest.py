"""A small project of notebooks that start fast, for every test that runs a batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from vises_methods.batch.digests import Digests
from vises_methods.batch.keys import Surroundings, surroundings
from vises_methods.batch.ledger import Ledger
from vises_methods.batch.notebooks import read_notebooks
from vises_methods.batch.outcome import Failure
from vises_methods.batch.plan import Job, Plan
from vises_methods.batch.progress import PlainProgress, TimeLeft
from vises_methods.batch.runner import Run, RunOptions, RunReport
from vises_methods.media_type import MIME

PARAMETERS = 'study: str = "demo"  # which study\nmethodology: str = "baseline"  # which choices\n'
LANGUAGE = 'lang: str = "fr"  # the language of the reader\n'


@dataclass(frozen=True)
class FolderOfEnterprise:
    id: str
    path: Path
    group: str = "G1"
    region: str = "wallonie"
    languages: tuple[str, ...] = ("fr",)


@dataclass(frozen=True)
class FolderOfStudy:
    path: Path
    enterprises: tuple[FolderOfEnterprise, ...] = ()
    id: str = "demo"
    languages: tuple[str, ...] = ("fr", "nl")

    @property
    def codebook_path(self) -> Path:
        return self.path.parent / "reference" / "codebook.yml"

    @property
    def framework_path(self) -> Path:
        return self.path.parent / "reference" / "framework.yml"

    @property
    def framework_beside_path(self) -> None:
        return None

    @property
    def calibration_path(self) -> Path:
        return self.path.parent / "reference" / "calibration.csv"

    @property
    def group_ranges_path(self) -> Path:
        return self.path / "group_ranges.csv"


class Recorded(PlainProgress):
    """Keeps which jobs ended, and how."""

    def __init__(self, *told: object) -> None:
        super().__init__(*told)
        self.done: list[Job] = []
        self.unchanged: list[Job] = []
        self.failed: list[tuple[Job, Failure]] = []
        self.blocked: list[tuple[Job, Failure]] = []

    def ended(self, job: Job, end: str, failure: Failure | None) -> None:
        getattr(self, end).append(job if failure is None else (job, failure))
        super().ended(job, end, failure)


@dataclass
class Ran:
    """What came of a run, with the jobs themselves."""

    report: RunReport
    progress: Recorded

    def __getattr__(self, name: str) -> object:
        """Return the jobs that ended so, and anything else as the report tells it."""
        return getattr(self.progress if name in ("done", "unchanged", "failed", "blocked") else self.report, name)


@dataclass
class Project:
    """A project in a temporary folder, and the ways a test uses it."""

    home: Path
    enterprises: list[str] = field(default_factory=lambda: ["abeille", "bourdon"])
    package: str = "the package as it was"

    def __post_init__(self) -> None:
        for name in self.enterprises:
            self.write(f"data/demo/enterprises/{name}/profile.yml", f"name: {name}\n")
            self.write(f"data/demo/enterprises/{name}/indicators.csv", f"indicator,value\njobs,{len(name)}\n")
        self.write("data/demo/study.yml", "id: demo\n")
        self.write("data/reference/codebook.yml", "codes: []\n")
        self.write("data/reference/framework.yml", "tree: []\n")
        self.write("data/reference/methodologies/baseline.yml", "id: baseline\n")

    def write(self, name: str, content: str) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def notebook(
        self,
        name: str,
        *cells: str,
        scope: str | None = "enterprise",
        parameters: str | None = None,
        **declared: object,
    ) -> Path:
        own = "" if scope == "study" else 'enterprise: str = "abeille"  # which enterprise\n'
        cell = nbformat.v4.new_code_cell(parameters if parameters is not None else PARAMETERS + own + LANGUAGE)
        cell.metadata["tags"] = ["parameters"]
        content = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_markdown_cell("# A trial"), cell, *map(nbformat.v4.new_code_cell, cells)]
        )
        for place, each in enumerate(content.cells):
            each["id"] = f"c{place}"
        if scope is not None:
            content.metadata["vises"] = {"scope": scope, **declared}
        return self.write(f"notebooks/{name}.ipynb", nbformat.writes(content))

    def study(self) -> FolderOfStudy:
        root = self.home / "data" / "demo"
        folders = tuple(FolderOfEnterprise(name, root / "enterprises" / name) for name in self.enterprises)
        return FolderOfStudy(root, folders)

    def jobs(self, **selection: object) -> list[Job]:
        return list(self.plan(**selection))

    def plan(self, **selection: object) -> Plan:
        specs, problems = read_notebooks(self.home / "notebooks")
        assert problems == []
        study = self.study()
        return Plan(study, specs, **{"enterprises": study.enterprises, **selection})

    def around(self, digests: Digests) -> Surroundings:
        """Return what all jobs have in common, with a package digest that no one else's edit changes."""
        methodology = {"baseline": self.home / "data/reference/methodologies/baseline.yml"}
        found = surroundings(self.study(), self.outputs, methodology, self.home / "requirements.lock", digests)
        return replace(found, package=self.package)

    def run(self, jobs: list[Job] | None = None, *, page_context=None, **options: object) -> Ran:
        self.outputs.mkdir(parents=True, exist_ok=True)
        jobs = self.jobs() if jobs is None else jobs
        with Ledger(self.outputs / "ledger.sqlite") as ledger:
            digests = Digests(ledger.file_digests)
            progress = Recorded(Console(quiet=True), "en", len(jobs), TimeLeft(jobs, {}, 1))
            settings = RunOptions(self.home, **options)
            around = replace(self.around(digests), page_context=page_context)
            report = Run(jobs, around, ledger, digests, settings, progress).carry_out()
        assert (report.done, report.unchanged) == (len(progress.done), len(progress.unchanged))
        assert (report.failed, report.blocked) == (len(progress.failed), len(progress.blocked))
        return Ran(report, progress)

    @property
    def outputs(self) -> Path:
        return self.home / "outputs" / "demo"

    def made(self) -> dict[str, bytes]:
        """Everything a run leaves for readers, by name."""
        paths = sorted(path for path in self.outputs.rglob("*") if path.is_file() and "ledger" not in path.name)
        return {path.relative_to(self.outputs).as_posix(): path.read_bytes() for path in paths}


def publishing(name: str, estimate: str = "1.0", files: Mapping[str, str] | None = None) -> str:
    """Return a cell that publishes a result without importing anything heavy."""
    estimates = {
        "index": 0,
        "columns": ["measure", "subject", "estimate", "low", "high", "level", "n", "coverage", "unit", "reason", "se"],
        "types": ["string"] * 11,
        "rows": [["mean", "jobs", "@", None, None, None, 3, 1.0, None, None, 0.5]],
    }
    rows = [[file, digest] for file, digest in (files or {}).items()]
    details = {"files": {"index": 0, "columns": ["file", "sha256"], "types": ["string"] * 2, "rows": rows}}
    result = {"method": "A mean", "estimates": estimates, "details": details if files else {}}
    written = json.dumps(result).replace('"@"', estimate).replace("null", "None")
    return (
        "from IPython.display import display\n"
        f"display({{{MIME!r}: {{'name': {name!r}, 'result': {written}}}, 'text/plain': 'a result'}}, raw=True)"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True, scope="session")
def nothing_to_load():
    """The notebooks here import nothing heavy: their kernels are forked from a process that loads little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VISES_PRELOAD", "")
        yield


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="session")
def make_project() -> Callable[[Path, list[str]], Project]:
    return Project


@pytest.fixture(scope="session", name="publishing")
def publishing_cell() -> Callable[..., str]:
    return publishing
