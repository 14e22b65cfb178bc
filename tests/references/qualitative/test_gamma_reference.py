"""Gamma beside pygamma-agreement: the best alignment is exact, the expected disorder is drawn at random."""

import json
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.qualitative import gamma_agreement

HERE = Path(__file__).parent
ENTRIES = json.loads((HERE / "gamma_reference.json").read_text(encoding="utf-8"))
AVAILABLE = [entry for entry in ENTRIES if (HERE / entry["data"]).is_file()]


@pytest.mark.parametrize("entry", AVAILABLE, ids=lambda entry: f"{Path(entry['data']).stem}-{entry['alpha']}")
def test_best_alignment_and_gamma(entry):
    options = {"alpha": entry["alpha"], "beta": entry["beta"], "empty": entry["delta_empty"]}
    result = gamma_agreement(pd.read_csv(HERE / entry["data"]), **options, samples=60)
    row = result.estimates.iloc[0]
    assert row["observed"] == pytest.approx(entry["best_alignment_disorder"], abs=entry["tolerance_disorder"])
    assert entry["gamma_min"] - 0.02 <= result.value <= entry["gamma_max"] + 0.02
    alignments = result.details["evidence"]["alignment"].nunique()
    assert alignments == pytest.approx(entry["n_unitary_alignments"], abs=1)


def test_the_entries_are_there():
    assert len(AVAILABLE) == 4
