"""The bootstrap over interviews covers the truth as often as it says; over passages, as if independent, it does not."""

import numpy as np
import pandas as pd

from vises_methods.qualitative import agreement

INTERVIEWS, PASSAGES, STUDIES = 25, 20, 600


def study(draws, interviews):
    """Two coders whose accuracy and use of the code differ from interview to interview."""
    accuracy = np.repeat(draws.beta(4, 1.5, interviews), PASSAGES)
    prevalence = np.repeat(draws.beta(3, 5, interviews), PASSAGES)
    truth = draws.random(len(accuracy)) < prevalence

    def rated():
        return np.where(draws.random(len(truth)) < accuracy, truth, draws.random(len(truth)) < prevalence)

    return pd.DataFrame({"ana": rated(), "ben": rated()}), np.repeat(np.arange(interviews), PASSAGES)


def test_coverage_of_the_interval():
    truth = agreement(study(np.random.default_rng(99), 100_000)[0]).value
    by_interview = by_passage = 0
    for number in range(STUDIES):
        ratings, interviews = study(np.random.default_rng([number, 40]), INTERVIEWS)
        right = agreement(ratings, clusters=interviews, resamples=400, seed=number)
        wrong = agreement(ratings, interval="bootstrap", resamples=400, seed=number)
        by_interview += right.low <= truth <= right.high
        by_passage += wrong.low <= truth <= wrong.high
    assert 0.93 <= by_interview / STUDIES <= 0.97
    assert by_passage / STUDIES < 0.85
