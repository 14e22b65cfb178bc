"""Card, D. and Krueger, A. B. (1994). Minimum wages and employment. American Economic Review 84:772-793, table 3.

The table rounds row by row to 2.76; its own means give 2.75.
"""

import pandas as pd
import pytest

from vises_methods.outcomes import difference_in_differences


def test_difference_of_the_four_means_of_table_3_page_780():
    means = {("comparison", 0): 23.33, ("participants", 0): 20.44, ("comparison", 1): 21.17, ("participants", 1): 21.03}
    rows = [
        {"arm": arm, "wave": wave, "employment": mean + spread}
        for (arm, wave), mean in means.items()
        for spread in (-1.0, 1.0)
    ]
    result = difference_in_differences(pd.DataFrame(rows), "employment", respondent=None)
    assert result.value == pytest.approx(2.76, abs=0.015)
