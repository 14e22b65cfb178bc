"""Traps of other packages that this room does not set: one test each; others stand beside the references."""

import numpy as np
import pandas as pd

from vises_methods.outcomes import ancova, pool, weight, wild_bootstrap


def test_knapp_hartung_is_not_applied_unasked():
    """PyMARE 0.0.13 reports Knapp-Hartung errors by default."""
    effects, variances = [0.2, 0.5, 0.9, 0.1], [0.04, 0.05, 0.03, 0.06]
    plain, asked = pool(effects, variances), pool(effects, variances, test="knha")
    assert plain.df is None
    assert plain.se != asked.se
    assert np.isclose(plain.se, np.sqrt(1 / (1 / (np.array(variances) + plain.tau2)).sum()))


def people():
    random = np.random.default_rng(8)
    frame = pd.DataFrame({"age": random.normal(40, 8, 80), "site": np.repeat(np.arange(16), 5)})
    frame["arm"] = (frame["age"] + random.normal(0, 8, 80) > 40).astype(int)
    return frame.assign(y=frame["age"] + 2 * frame["arm"] + random.normal(0, 2, 80))


def test_an_effect_bears_the_name_of_the_people_it_is_for():
    """statsmodels 0.15 labels the row ATE also where the effect on the treated was asked for."""
    for estimand in ("ATT", "ATE"):
        assert weight(people(), "arm", ["age"], "ipw", estimand, "y").estimates["measure"].iloc[0] == estimand


def test_people_taken_as_independent_are_told():
    """A bootstrap that leaves clusters out where an argument is left out says nothing; here they cannot be left out."""
    notices = [notice.code for notice in ancova(people(), "y", "arm").notices]
    assert "outcomes.notices.independent_people" in notices
    assert wild_bootstrap(people(), "y ~ arm", "arm", "site").details["draws"]["clusters"].iloc[0] == 16
