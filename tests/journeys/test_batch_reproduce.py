"""A partner reproduces a run from its crate: the same results on another machine; what differs is named."""

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import rocrate.rocrate
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from vises_methods.batch.digests import sha256
from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED, WRONG_USE
from vises_methods.batch.keys import surroundings
from vises_methods.batch.reproduction import outputs_differing, values_differing
from vises_methods.catalogue import LANGUAGES
from vises_methods.cli import run_command
from vises_methods.publish.crate import CRATE, JobRecord, RunRecord, read_crate

DATA = Path(__file__).parents[2] / "data"
ENTERPRISE = "fietsparaplu"
CONTEXT = Path(rocrate.rocrate.__file__).parent / "data" / "ro-crate.jsonld"
BESIDE = ("ledger.sqlite", "ledger.sqlite-shm", "ledger.sqlite-wal", ".run.lock", CRATE)


def stands_still(*given, **more):
    return replace(surroundings(*given, **more), package="ab" * 32)


def project_in(folder: Path, make_project, publishing):
    project = make_project(folder, [])
    shutil.copytree(DATA / "reference", folder / "data" / "reference", dirs_exist_ok=True)
    shutil.copytree(DATA / "demo", folder / "data" / "demo", ignore=only_one, dirs_exist_ok=True)
    project.notebook("01_portrait", publishing("portrait"), reads=["profile.yml"])
    project.notebook("06_synthesis", publishing("all", "0.1 + 0.2"), "print(lang)", after=["01_portrait"])
    project.notebook("80_portfolio", publishing("portfolio"), scope="study", after=["06_synthesis"])
    return project


def only_one(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name != ENTERPRISE] if Path(folder).name == "enterprises" else []


@pytest.fixture(scope="module")
def ran(tmp_path_factory, make_project, publishing):
    """A project that was run once, with a log."""
    project = project_in(tmp_path_factory.mktemp("ran"), make_project, publishing)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("VISES_HOME", str(project.home))
        patched.delenv("VISES_OUTPUTS", raising=False)
        patched.setattr("vises_methods.batch.looking.surroundings", stands_still)
        assert run_command(["--ui", "en", "run", "--log", str(project.home / "log.jsonl")]) == ALL_WELL
    return project


@pytest.fixture
def here(ran, monkeypatch):
    monkeypatch.setenv("VISES_HOME", str(ran.home))
    monkeypatch.delenv("VISES_OUTPUTS", raising=False)
    monkeypatch.setattr("vises_methods.batch.looking.surroundings", stands_still)
    return ran


def test_the_log_tells_each_event_once(ran):
    lines = [json.loads(line) for line in (ran.home / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["run_started", *["job_started", "job_ended"] * 3, "run_ended"]
    ended = [line for line in lines if line["event"] == "job_ended"]
    assert [line["notebook"] for line in ended] == ["01_portrait", "06_synthesis", "80_portfolio"]
    assert [(line["done"], line["total"], line["end"], line["failure"]) for line in ended] == [
        (number, 3, "done", None) for number in (1, 2, 3)
    ]
    assert all(line["seconds"] > 0 for line in ended)


class FromThePackage(HTTPAdapter):
    """Answers for the network with the context that the rocrate package holds."""

    def send(self, request, **_):
        body = io.BytesIO(CONTEXT.read_bytes())
        kind = {"Content-Type": "application/ld+json"}
        raw = HTTPResponse(body=body, headers=kind, status=200, preload_content=False, request_url=request.url)
        return self.build_response(request, raw)


def test_the_crate_is_a_process_run_crate_to_its_own_validator(ran, tmp_path):
    from requests_cache import CachedSession
    from rocrate_validator import services
    from rocrate_validator.models import Severity, ValidationSettings

    session = CachedSession(str(tmp_path / "cache"), backend="sqlite", expire_after=-1)
    session.mount("https://w3id.org/ro/crate/1.1/context", FromThePackage())
    assert session.get("https://w3id.org/ro/crate/1.1/context").status_code == 200
    session.close()
    settings = ValidationSettings(
        rocrate_uri=str(ran.outputs),
        profile_identifier="process-run-crate",
        requirement_severity=Severity.REQUIRED,
        offline=True,
        cache_path=tmp_path / "cache",
    )
    found = services.validate(settings)
    assert [(issue.check.identifier, issue.message) for issue in found.get_issues()] == []
    read = rocrate.rocrate.ROCrate(ran.outputs)
    assert len([entity for entity in read.get_entities() if entity.type == "CreateAction"]) == 3


def test_the_crate_tells_inputs_parameters_environment_and_outputs(ran):
    run = read_crate(ran.outputs)
    assert [job.id.rpartition("/")[2] for job in run.jobs] == [
        "80_portfolio.fr", "01_portrait.nl", "06_synthesis.nl",
    ]  # fmt: skip
    portrait = run.jobs[1]
    assert portrait.parameters["enterprise"] == ENTERPRISE
    assert f"enterprises/{ENTERPRISE}/profile.yml" in portrait.inputs
    assert portrait.package == "ab" * 32
    assert portrait.python.startswith("CPython 3")
    assert {Path(name).suffix for name in portrait.outputs} == {".ipynb", ".json", ".html"}
    assert str(ran.home) not in (ran.outputs / CRATE).read_text(encoding="utf-8")


def results(project) -> dict[str, bytes]:
    return {name: content for name, content in project.made().items() if name not in BESIDE}


def test_another_machine_makes_the_same_files(ran, make_project, publishing, tmp_path, monkeypatch):
    other = project_in(tmp_path / "elsewhere", make_project, publishing)
    variables = {"HOME": str(tmp_path), "TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7"}
    for name, value in ({"VISES_HOME": str(other.home)} | variables).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("VISES_OUTPUTS", raising=False)
    monkeypatch.setattr("vises_methods.batch.looking.surroundings", stands_still)
    assert run_command(["--ui", "nl", "run", "--jobs", "2"]) == ALL_WELL
    assert results(other) == results(ran)


def test_what_is_the_same_is_said_and_what_is_not_is_named(here, capsys):
    assert run_command(["--ui", "en", "reproduce", str(here.outputs)]) == ALL_WELL
    assert "The same: 3 notebooks made again" in capsys.readouterr().out
    notebook = here.home / "notebooks" / "06_synthesis.ipynb"
    before = notebook.read_text(encoding="utf-8")
    try:
        notebook.write_text(before.replace("0.1 + 0.2", "0.5"), encoding="utf-8")
        assert run_command(["--ui", "en", "why", "--notebook", "06"]) == ALL_WELL
        assert "the notebook changed" in capsys.readouterr().out
        assert run_command(["--ui", "fr", "reproduce", "demo"]) == SOME_FAILED
        said = capsys.readouterr().out
        assert "06_synthesis" in said
        assert "results.all.estimates, mean · jobs (1), estimate" in said
        assert "0.30000000000000004 → 0.5" in said
        assert re.search(r"notebook 06_synthesis\s: [0-9a-f]{12} → [0-9a-f]{12}\n", said)
        assert re.search(r"06_synthesis\.nl\.ipynb, cellule \d+\s: le contenu de la cellule diffère", said)
    finally:
        notebook.write_text(before, encoding="utf-8")


def test_a_number_and_a_figure_that_were_changed_in_the_outputs_are_named(tmp_path):
    table = {"columns": ["measure", "subject", "estimate"], "rows": [["mean", "jobs", 1.0], ["mean", "pay", 2.0]]}
    changed = json.loads(json.dumps(table).replace("2.0", "2.5"))
    assert list(values_differing({"estimates": table}, {"estimates": changed}, tolerance=1e-9)) == [
        ("estimates, mean · pay (2), estimate", "2.0", "2.5")
    ]
    shorter = {**table, "rows": table["rows"][:1]}
    assert list(values_differing({"estimates": table}, {"estimates": shorter}, tolerance=1e-9)) == [
        ("estimates.rows", "2", "1")
    ]

    def executed(figure, words="the same"):
        shown = [{"data": {"image/png": figure}}, {"text": words}]
        cells = [{"source": "x = 1"}, {"source": ["plot(x)\n", "y"], "outputs": shown}]
        return json.dumps({"cells": cells, "metadata": {}})

    names = ("01.ipynb", "01.html")
    record = JobRecord("a", "01", "d", {}, {}, {}, {}, "", "", "p", "l", "py")
    for place in ("crate", "made"):
        (tmp_path / place).mkdir()
        for name in names:
            (tmp_path / place / name).write_text(executed("one"))
    record = replace(record, outputs={name: sha256(tmp_path / "made" / name) for name in names})
    run = RunRecord("s", "t", "n", "v", "p", (record,))

    def told(lang="en"):
        job = SimpleNamespace(id="a")
        found = outputs_differing(run, tmp_path / "crate", tmp_path / "made", [job], 1e-9)
        return [each.sentence(lang) for each in found]

    assert told() == []
    (tmp_path / "crate" / "01.ipynb").write_text(executed("another"))
    assert told() == [
        "01.ipynb: changed since the crate was written", "01.ipynb, cell 2 (plot(x)): the figure differs",
    ]  # fmt: skip
    (tmp_path / "crate" / "01.ipynb").write_text(executed("one", "other"))
    assert told("nl")[1:] == ["01.ipynb, cel 2 (plot(x)): wat ze toont, verschilt"]
    (tmp_path / "crate" / "01.ipynb").write_text("{")
    assert told("fr") == ["01.ipynb\u00a0: modifié depuis l'écriture du crate"]
    (tmp_path / "made" / "01.html").write_text("other")
    assert told()[0] == "01.html: the page differs"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.usefixtures("here")
def test_a_crate_that_is_none_is_refused(capsys, tmp_path, lang):
    (tmp_path / CRATE).write_text('{"@graph": []}', encoding="utf-8")
    assert run_command(["--ui", lang, "reproduce", str(tmp_path)]) == WRONG_USE
    assert str(tmp_path) in "".join(capsys.readouterr().out.split("\n"))
