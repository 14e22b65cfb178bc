"""Approach 2: indicators, made comparable and put together, in a way that respects diversity."""

from vises_methods.indicators.aggregation import aggregate
from vises_methods.indicators.benefit_of_doubt import bod_scores
from vises_methods.indicators.cells import Cells
from vises_methods.indicators.choquet import capacity_indices
from vises_methods.indicators.composite import Composite, Recipe, compose
from vises_methods.indicators.consistency import cronbach_alpha
from vises_methods.indicators.data_weights import critic_weights, entropy_weights, pca_weights
from vises_methods.indicators.elicited_weights import ahp_weights, budget_weights, pairwise_matrices
from vises_methods.indicators.imputation import impute
from vises_methods.indicators.normalisation import normalise
from vises_methods.indicators.outliers import OutlierRule, treat_outliers
from vises_methods.indicators.preparation import denominate
from vises_methods.indicators.profiles import profile
from vises_methods.indicators.tree import IndicatorTree, Node, Scale
from vises_methods.indicators.weights import effective_weights

__all__ = [
    "Cells",
    "Composite",
    "IndicatorTree",
    "Node",
    "OutlierRule",
    "Recipe",
    "Scale",
    "aggregate",
    "ahp_weights",
    "bod_scores",
    "budget_weights",
    "capacity_indices",
    "compose",
    "critic_weights",
    "cronbach_alpha",
    "denominate",
    "effective_weights",
    "entropy_weights",
    "impute",
    "normalise",
    "pairwise_matrices",
    "pca_weights",
    "profile",
    "treat_outliers",
]
