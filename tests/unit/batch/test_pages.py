"""The index shows how every job stands, from the ledger; a page knows its neighbours and the way to the index."""

from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape

from vises_methods.batch.digests import Digests
from vises_methods.batch.keys import Surroundings
from vises_methods.batch.ledger import Entry
from vises_methods.batch.notebooks import NotebookSpec
from vises_methods.batch.outcome import Failure
from vises_methods.batch.page_contexts import notebook_title, page_contexts
from vises_methods.batch.pages import index_made_from, methodology_names, write_index
from vises_methods.batch.parameters import Parameter
from vises_methods.batch.plan import Plan
from vises_methods.batch.preparation import InvalidPlanError, Prepared, Request, prepare
from vises_methods.batch.selection import Selection
from vises_methods.methodology import methodology_path

PARAMETERS = tuple(Parameter(name, "str", "", "") for name in ("study", "enterprise", "lang", "methodology"))
SPECS = {
    spec.name: spec
    for spec in (
        NotebookSpec("01_portrait", Path("01_portrait.ipynb"), "enterprise", parameters=PARAMETERS, title={"fr": "P"}),
        NotebookSpec("02_quality", Path("02_quality.ipynb"), "enterprise", parameters=PARAMETERS),
        NotebookSpec("80_portfolio", Path("80_portfolio.ipynb"), "study", after=("01_portrait",)),
    )
}


@pytest.fixture
def prepared(tmp_path, monkeypatch) -> Prepared:
    """The demonstration study, with three notebooks, its outputs elsewhere."""
    monkeypatch.setenv("VISES_OUTPUTS", str(tmp_path))
    return replace(prepare(Request("demo")), specs=SPECS)


def jobs(prepared):
    return list(Plan(prepared.study, SPECS, enterprises=prepared.enterprises))


def test_a_page_knows_its_neighbours_and_the_way_to_the_index(prepared):
    context = page_contexts(prepared)
    first, last = jobs(prepared)[0], jobs(prepared)[-1]
    assert context(first).index == f"../../index.{first.lang}.html"
    assert [stem for stem, _ in context(first).pages] == ["01_portrait", "02_quality"]
    assert context(first).name == prepared.study.enterprise(first.enterprise_id).name
    assert context(last).index == f"../index.{last.lang}.html"
    assert [stem for stem, _ in context(last).pages] == ["80_portfolio"]
    assert set(context(first).methodology) == {"fr", "nl", "en"}
    assert repr(context(first)) == repr(page_contexts(prepared)(first))


def test_the_title_of_a_notebook():
    assert notebook_title(SPECS["01_portrait"]) == {"fr": "P"}
    assert notebook_title(SPECS["02_quality"]) == {"en": "Quality"}


def test_the_index_shows_what_was_made_what_failed_and_what_was_never_run(prepared):
    made, failed = jobs(prepared)[:2]
    failure = Failure("kernel_died", "exit 3", 4, "x = 1")
    entries = {
        made.id: Entry(made.id, "done", "k", {}, {}),
        failed.id: Entry(failed.id, "failed", "k", {}, {}, failure),
        "gone/x/01_portrait.fr": Entry("gone/x/01_portrait.fr", "done", "k", {}, {}),
    }
    page = write_index(prepared, entries)
    assert page == prepared.outputs / "index.html"
    dutch = (prepared.outputs / "index.nl.html").read_text(encoding="utf-8")
    assert f"{made.id}.html" in dutch
    assert f"{failed.id}.html" not in dutch
    assert escape(failure.what("nl")) in dutch
    assert escape(failure.remedy("nl")) in dutch
    assert "gone/" not in dutch


def test_what_an_enterprise_published_is_read_once_for_all_languages(prepared, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "vises_methods.batch.pages.in_short", lambda folder: asked.append(folder.name) or {"en": "much"}
    )
    page = write_index(prepared, {})
    assert sorted(asked) == sorted(card.id for card in prepared.study.enterprises)
    for lang in ("fr", "nl", "en"):
        assert page.with_name(f"index.{lang}.html").read_text(encoding="utf-8").count("much") == len(asked)


def test_what_the_index_is_made_from_changes_with_each_card(prepared):
    digests = Digests()
    around = Surroundings(prepared.study, prepared.outputs, {}, "p", "l", "3")
    cards = [replace(card, name="Other") if card.id == "zwaluwkar" else card for card in prepared.study.enterprises]
    study = replace(prepared.study)
    vars(study)["enterprises"] = iter(cards)
    before = index_made_from(prepared, around, digests)
    assert before == index_made_from(prepared, around, digests)
    assert before != index_made_from(replace(prepared, study=study), around, digests)


def test_an_enterprise_in_no_known_group_waits_until_it_is_mended(prepared):
    cards = [replace(card, group="H9") if card.id == "zwaluwkar" else card for card in prepared.study.enterprises]
    study = replace(prepared.study)
    vars(study)["enterprises"] = tuple(cards)
    broken = replace(prepared, study=study)
    assert "Zwaluwkar" not in write_index(broken, {}).read_text(encoding="utf-8").partition("<main")[2]


def test_what_does_not_exist_is_told_all_at_once():
    selection = Selection(enterprises=("zwaluwkarr",), notebooks=("99",))
    with pytest.raises(InvalidPlanError) as told:
        prepare(Request("demo", selection, ("basline",)))
    assert [problem.where for problem in told.value.problems] == ["--notebook", "--enterprise", "methodology"]
    assert "3" in told.value.message("fr")


def test_the_values_typed_are_read_as_the_notebooks_type_them(prepared):
    draws = NotebookSpec(
        "03_x", Path("03_x.ipynb"), "enterprise", parameters=(*PARAMETERS, Parameter("n", "int", 1, ""))
    )
    asked = replace(prepared, specs={"03_x": draws}, request=Request("demo", parameters={"n": "5"}))
    assert {job.parameters["n"] for job in asked.jobs(asked.enterprises)} == {5}
    with pytest.raises(InvalidPlanError):
        replace(asked, request=Request("demo", parameters={"n": "five"})).jobs(asked.enterprises)


def test_a_copied_methodology_that_bears_the_name_of_the_first_is_told_apart(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "reference" / "methodologies"
    folder.mkdir(parents=True)
    words = methodology_path("baseline").read_text(encoding="utf-8")
    for name in ("baseline", "mine"):
        (folder / f"{name}.yml").write_text(words.replace("id: baseline", f"id: {name}"), encoding="utf-8")
    own = words.replace("id: baseline", "id: own").replace("en: Baseline methodology", "en: Our own")
    (folder / "own.yml").write_text(own, encoding="utf-8")
    monkeypatch.setenv("VISES_HOME", str(tmp_path))
    names = methodology_names(["own", "mine", "baseline"])
    assert [(each, name["en"]) for each, name in names.items()] == [
        ("baseline", "Baseline methodology (baseline)"),
        ("mine", "Baseline methodology (mine)"),
        ("own", "Our own"),
    ]
    assert names["own"]["nl"] == "Basismethodologie (own)"
    assert methodology_names(["baseline"])["baseline"]["nl"] == "Basismethodologie"
