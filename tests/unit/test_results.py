"""A result carries its numbers, their reasons and the way back, and reads back from its JSON."""

import json

import numpy as np
import pandas as pd
import pytest

from vises_methods.media_type import MIME
from vises_methods.results import NotEstimable, Notice, Result, fingerprint, publish


def make(**changes: object) -> Result:
    estimates = pd.DataFrame(
        {
            "measure": ["krippendorff_alpha", "krippendorff_alpha"],
            "subject": ["RES.IND", "PRA.GOV"],
            "estimate": [1 / 3, np.nan],
            "low": [0.1, np.nan],
            "high": [0.5, np.nan],
            "n": [40, 0],
            "coverage": [0.75, 0.0],
            "reason": [None, "results.columns.n"],
            "se": [0.09, np.nan],
        }
    )
    detail = pd.DataFrame({"count": [3, 1], "share": [0.1, np.nan]}, index=pd.Index(["a", "b"], name="code"))
    content = {"details": {"counts": detail}, "options": {"seed": 0, "codes": {"b", "a"}}, "inputs": {"x": "0" * 64}}
    return Result("krippendorff_alpha", "Krippendorff (2019)", estimates, **(content | changes))


def test_json_reads_back_to_the_same_bytes():
    written = json.dumps(make().to_json(), sort_keys=True)
    again = Result.from_json(json.loads(written))
    assert json.dumps(again.to_json(), sort_keys=True) == written
    assert list(again.details["counts"].index) == ["a", "b"]
    assert again.options["codes"] == ["a", "b"]


def test_numbers_have_ten_significant_digits():
    assert make().to_json()["estimates"]["rows"][0][2] == 0.3333333333


def test_a_missing_estimate_needs_a_reason():
    frame = pd.DataFrame({"measure": ["m"], "subject": ["s"], "estimate": [np.nan]})
    with pytest.raises(ValueError, match="without a reason"):
        Result("m", "r", frame)


def test_estimates_that_are_complete_are_held_to_the_same_rule():
    complete = make().estimates
    pd.testing.assert_frame_equal(Result("m", "r", complete).estimates, complete)
    with pytest.raises(ValueError, match="without a reason"):
        Result("m", "r", complete.assign(reason=None))
    kinds = Result("m", "r", complete.assign(se=["0.09", None], unit=["a", "b"])).estimates.dtypes
    assert (kinds["se"], kinds["unit"]) == (np.dtype(float), complete["subject"].dtype)


def test_results_share_no_table_that_one_could_change():
    first = make()
    second = first.labelled({"RES.IND": {"en": "Effects"}})
    second.estimates.loc[0, "estimate"] = 0.9
    assert (first.value, second.value) == (1 / 3, 0.9)


def test_the_first_row_is_the_value():
    result = make()
    assert (result.value, result.low, result.high, result.se) == (1 / 3, 0.1, 0.5, 0.09)
    assert Result("m", "r", pd.DataFrame({"measure": [], "subject": [], "estimate": []})).value is None


def test_a_result_cannot_be_changed():
    result = make()
    with pytest.raises(AttributeError):
        result.method = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        result.options["seed"] = 1  # type: ignore[index]


def test_labels_travel_with_the_result():
    result = make().labelled({"RES.IND": {"fr": "Effets sur les personnes", "en": "Effects on persons"}})
    again = Result.from_json(result.to_json())
    assert again.label("RES.IND", "fr") == "Effets sur les personnes"
    assert again.label("RES.IND", "nl") == "Effects on persons"
    assert again.label("PRA.GOV", "fr") == "PRA.GOV"
    assert again.labelled({"X1": {"en": "Own"}}).label("RES.IND", "en") == "Effects on persons"


def test_remarks_read_back():
    remark = NotEstimable("results.columns.n", {"n": 1})
    again = Result.from_json(make(not_estimable=remark, notices=(Notice("results.columns.n"),)).to_json())
    assert again.not_estimable == remark
    assert again.notices[0].sentence("fr") == "n"


def test_a_fingerprint_changes_with_a_cell_and_only_then():
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    assert fingerprint(frame) == fingerprint(frame.copy())
    assert fingerprint(frame) != fingerprint(frame.assign(a=[1.0, 2.1]))
    assert fingerprint(frame) != fingerprint(frame.rename(columns={"a": "b"}))


def test_a_fingerprint_does_not_tell_how_a_column_is_kept():
    whole, missing = pd.Series([1, 2], name="n"), pd.Series(["a", None], name="s")
    assert fingerprint(whole) == fingerprint(whole.astype("Int64"))
    assert fingerprint(missing) == fingerprint(missing.astype(object).where(missing.notna(), np.nan))
    assert fingerprint(whole) != fingerprint(whole.astype(float))


def test_publish_stores_the_result_in_the_output(monkeypatch: pytest.MonkeyPatch):
    shown: list[dict] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    publish(make(), name="agreement")
    assert shown[0][MIME]["name"] == "agreement"
    assert Result.from_json(shown[0][MIME]["result"]).value == pytest.approx(1 / 3)
