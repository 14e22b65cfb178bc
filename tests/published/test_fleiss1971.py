"""Fleiss (1971), Psychological Bulletin 76(5), p. 381: six psychiatrists' diagnoses of thirty patients."""

from pathlib import Path

import pandas as pd
import pytest

from vises_methods.qualitative import agreement

DIAGNOSES = Path(__file__).parents[1] / "references" / "qualitative" / "agreement" / "fleiss1971_diagnoses.csv"


def test_kappa_of_thirty_patients():
    ratings = pd.read_csv(DIAGNOSES, index_col=0)
    assert agreement(ratings, coefficient="fleiss_kappa").value == pytest.approx(0.430, abs=5e-4)


def test_observed_agreement_of_thirty_patients():
    ratings = pd.read_csv(DIAGNOSES, index_col=0)
    result = agreement(ratings, coefficient="fleiss_kappa")
    assert result.estimates["observed"].iloc[0] == pytest.approx(0.5556, abs=5e-4)
    assert result.estimates["expected"].iloc[0] == pytest.approx(0.2199, abs=5e-4)
