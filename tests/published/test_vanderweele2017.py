"""VanderWeele, T. J. and Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.

Annals of Internal Medicine 167:268-274.
"""

import pytest

from vises_methods.outcomes import e_value


def test_formula_feeding_and_respiratory_deaths_page_269():
    assert e_value(3.9, 1.8, 8.7).estimates["estimate"].tolist() == pytest.approx([7.26, 3.0], abs=0.005)


def test_breastfeeding_and_leukaemia_page_270():
    assert e_value(0.80, 0.71, 0.91).estimates["estimate"].tolist() == pytest.approx([1.8, 1.4], abs=0.05)
