"""QCA beside R's package QCA 3.23, and Lipset's democracies as the field knows them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.qualitative import calibrate, minimise, necessity, truth_table
from vises_methods.qualitative.configurations import Term, minimal_covers, prime_implicants
from vises_methods.qualitative.qca import membership, sufficiency

HERE = Path(__file__).parent / "qca"
REFERENCE = json.loads((HERE / "qca_reference.json").read_text(encoding="utf-8"))
SAMPLES = {"rand_fuzzy": "rand_fuzzy_40x4.csv", "rand_crisp": "rand_crisp_40x4.csv"}
CONDITIONS = ["NET", "FIN", "GOV", "URB"]
SOLUTIONS = ["conservative", "parsimonious"]


def asked(name):
    data = pd.read_csv(HERE / SAMPLES[name], index_col=0)
    options = {"outcome": "IMPACT", "conditions": CONDITIONS, "consistency": REFERENCE[name]["incl_cut"]}
    return data, options


@pytest.mark.parametrize("name", SAMPLES)
def test_truth_tables(name):
    data, options = asked(name)
    result = truth_table(data, **options)
    cases = result.details["evidence"].groupby("configuration")["case"].agg(list).to_dict()
    for row, expected in zip(result.estimates.to_dict("records"), REFERENCE[name]["truth_table"], strict=True):
        assert row["out"] == expected["OUT"]
        assert row["n"] == expected["n"]
        assert ",".join(cases.get(row["subject"], [])) == expected["cases"]
        if expected["OUT"] != "?":
            assert row["estimate"] == pytest.approx(float(expected["incl"]), abs=1e-9)
            assert row["pri"] == pytest.approx(float(expected["PRI"]), abs=1e-9)


@pytest.mark.parametrize("solution", SOLUTIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_solutions_with_consistency_pri_and_coverage(name, solution):
    data, options = asked(name)
    rows = minimise(data, **options, solution=solution).estimates
    terms = rows[rows["measure"] == "term"]
    models = sorted(sorted(model["subject"]) for _, model in terms.groupby("model"))
    assert models == sorted(sorted(model) for model in REFERENCE[name][solution])
    by_term = terms.set_index("subject")
    for expected in REFERENCE[name][f"{solution}_terms"]:
        row = by_term.loc[expected["term"]]
        found = row[["estimate", "pri", "covered", "unique"]].astype(float).tolist()
        assert found == pytest.approx([expected[key] for key in ("inclS", "PRI", "covS", "covU")], abs=1e-9)
    for expected in REFERENCE[name][f"{solution}_overall"]:
        whole = rows[rows["measure"] == "solution"].iloc[0]
        found = whole[["estimate", "pri", "covered"]].astype(float).tolist()
        assert found == pytest.approx([expected[key] for key in ("inclS", "PRI", "covS")], abs=1e-9)


def test_necessity():
    data, _ = asked("rand_fuzzy")
    rows = necessity(data, outcome="IMPACT", conditions=CONDITIONS).estimates.set_index("subject")
    for name, (expected,) in REFERENCE["necessity_rand_fuzzy"].items():
        found = rows.loc[name, ["estimate", "relevance", "covered"]].astype(float).tolist()
        assert found == pytest.approx([expected["inclN"], expected["RoN"], expected["covN"]], abs=1e-9)


def test_sufficiency_of_conditions_and_of_combinations():
    data, _ = asked("rand_fuzzy")
    for name, (expected,) in REFERENCE["sufficiency_rand_fuzzy"].items():
        parts = name.split("*")
        bits = [1 << (3 - CONDITIONS.index(part.removeprefix("~"))) for part in parts]
        positive = [bit for bit, part in zip(bits, parts, strict=True) if not part.startswith("~")]
        x, y = membership(data, Term(sum(bits), sum(positive)), CONDITIONS), data["IMPACT"].to_numpy()
        assert sufficiency(x, y) == pytest.approx((expected["inclS"], expected["PRI"]), abs=1e-9)
        assert np.minimum(x, y).sum() / y.sum() == pytest.approx(expected["covS"], abs=1e-9)


def test_calibration():
    values = pd.Series(REFERENCE["calibration"]["x"])
    direct = calibrate(values, exclusion=20, crossover=50, inclusion=80)
    assert direct.tolist() == pytest.approx(REFERENCE["calibration"]["direct_logistic_e20_c50_i80_idm095"], abs=1e-9)
    assert calibrate(values, crossover=50).tolist() == REFERENCE["calibration"]["crisp_50"]


@pytest.mark.parametrize("solution", SOLUTIONS)
@pytest.mark.parametrize("name", ["lipset_crisp", "lipset_fuzzy"])
def test_lipsets_democracies_are_minimised_as_published(name, solution):
    """Crisp ``DEV*STB``, fuzzy ``DEV*~IND + URB*STB``: Duşa (2019), QCA with R, chapter 8."""
    conditions = ["DEV", "URB", "LIT", "IND", "STB"]
    rows = REFERENCE[name]["truth_table"]
    number = {row["row"]: int("".join(str(row[condition]) for condition in conditions), 2) for row in rows}
    positive = [number[row["row"]] for row in rows if row["OUT"] == "1"]
    allowed = [number[row["row"]] for row in rows if row["OUT"] != "0"]
    primes = prime_implicants(allowed if solution == "parsimonious" else positive, len(conditions))
    covers = [sorted(term.written(conditions) for term in cover) for cover in minimal_covers(primes, positive)]
    expected = REFERENCE[name][solution]
    expected = [expected] if isinstance(expected[0], str) else expected
    assert sorted(covers) == sorted(sorted(model) for model in expected)
