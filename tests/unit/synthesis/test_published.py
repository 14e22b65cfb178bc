"""What another notebook published is read by name, and only what is asked for."""

import json

import pandas as pd
import pytest

from vises_methods.results import Result
from vises_methods.study import open_study
from vises_methods.synthesis.published import Published, all_estimates, published_labels


def test_results_are_read_when_they_are_asked_for():
    whole = Result("m", "r", pd.DataFrame({"measure": ["m"], "subject": ["s"], "estimate": [1.0]}))
    found = Published({"whole": whole.to_json(), "torn": {}})
    assert (list(found), len(found), "torn" in found, "other" in found) == (["whole", "torn"], 2, True, False)
    assert found["whole"].value == 1.0
    assert found["whole"] is found["whole"]
    assert repr(found) == "Published(whole, torn)"
    with pytest.raises(KeyError, match="not_estimable"):
        found["torn"]
    with pytest.raises(KeyError, match="other"):
        found["other"]


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """The demonstration study of which three notebooks ran for one enterprise."""
    monkeypatch.setenv("VISES_OUTPUTS", str(tmp_path))
    study = open_study("demo")
    folder = tmp_path / "demo" / "baseline" / study.enterprises[0].id
    folder.mkdir(parents=True)
    for name in ("03_a", "05_b", "06_c"):
        frame = pd.DataFrame({"measure": ["m"], "subject": [name], "estimate": [1.0]})
        told = Result("m", "r", frame).labelled({name: {"en": f"of {name}"}}).to_json()
        (folder / f"{name}.fr.results.json").write_text(json.dumps({"results": {"whole": told}}))
    return study


def test_estimates_and_labels_are_those_of_the_notebooks_named(ran):
    """One that still runs beside the reader would be read on some days and not on others."""
    wanted = ["03_a", "05_b", "07_never_run"]
    assert all_estimates(ran, "baseline", wanted)["notebook"].tolist() == ["03_a", "05_b"]
    assert published_labels(ran, "baseline", wanted) == {name: {"en": f"of {name}"} for name in wanted[:2]}
    assert all_estimates(ran, "baseline", []).empty
