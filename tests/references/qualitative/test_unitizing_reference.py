"""Unitizing coefficients beside other software; and cu-alpha of three coders, where the peers differ from the book."""

import json
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.qualitative import unitizing_alpha

HERE = Path(__file__).parent
ENTRIES = json.loads((HERE / "unitizing_reference.json").read_text(encoding="utf-8"))
KINDS = {"u_alpha_nominal": "u", "bar_u_alpha_binary": "bar-u", "cu_alpha_nominal": "cu", "alpha_U_1995_total": "1995"}


def row(entry):
    """Return our estimate of what an entry holds."""
    metric, _, value = entry["metric"].rstrip("]").partition("[")
    kind = KINDS.get(metric, "1995" if metric == "alpha_U_1995" else "ku")
    continua = pd.read_csv(HERE / entry["data"])
    rows = unitizing_alpha(continua, kind=kind, length=entry["L"]).estimates
    return rows.set_index("subject").loc[value or "units"]


def test_every_value_is_met():
    asked = [entry for entry in ENTRIES if entry["value"] is not None]
    wrong = [
        (entry["data"], entry["metric"])
        for entry in asked
        if row(entry)["estimate"] != pytest.approx(entry["value"], abs=entry["tolerance"] + 1e-12)
    ]
    assert len(asked) == 39
    assert wrong == []


def test_coverage_of_each_value_is_met():
    asked = [entry for entry in ENTRIES if entry["metric"].startswith("ku_alpha") and "coverage" in entry]
    assert len(asked) > 20
    for entry in asked:
        assert row(entry)["coverage"] == pytest.approx(entry["coverage"], abs=1e-9), entry


def test_a_value_that_meets_nothing_has_a_reason():
    """Peers give 1 or nothing at all for the book's seventh value."""
    (entry,) = [e for e in ENTRIES if e["metric"] == "ku_alpha[7]" and "publication" in e]
    assert row(entry)["reason"] == "qualitative.reasons.no_meeting"


def test_cu_alpha_of_three_coders_is_the_books_and_not_the_peers():
    """The peers pair each unit with itself by each overlap, or by their sum; the book's .724 takes their mean."""
    asked = [entry for entry in ENTRIES if entry["metric"] == "cu_alpha_nominal" and "candidates" in entry]
    assert len(asked) == 3
    for entry in asked:
        ours = row(entry)["estimate"]
        assert ours < min(entry["candidates"].values())
        assert ours == pytest.approx(entry["candidates"]["lindanna"], abs=0.003)


def test_alpha_of_one_value_by_three_coders_is_the_books_and_not_the_peers():
    """The same self-pairing as in cu-alpha; where a value is met wholly or not at all the peers agree, and so do we."""
    asked = [entry for entry in ENTRIES if entry["metric"].startswith("ku_alpha") and "candidates" in entry]
    assert len(asked) == 16
    for entry in asked:
        peers, ours = [value for value in entry["candidates"].values() if value is not None], row(entry)
        if len(peers) < 2:
            assert ours["reason"] == "qualitative.reasons.no_meeting"
        elif peers[0] == peers[1]:
            assert ours["estimate"] == peers[0]
        else:
            assert min(peers) - 0.005 < ours["estimate"] < min(peers)
