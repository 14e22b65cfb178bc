"""Approach 2: indicators, made comparable and put together, in a way that respects diversity."""

from vises_methods.indicators.aggregation import aggregate
from vises_methods.indicators.audit_document import audit_document
from vises_methods.indicators.auditing import Thresholds, audit
from vises_methods.indicators.benefit_of_doubt import bod_scores
from vises_methods.indicators.cells import Cells
from vises_methods.indicators.change import decompose_change
from vises_methods.indicators.choquet import capacity_indices
from vises_methods.indicators.composite import Composite, Recipe, compose
from vises_methods.indicators.consistency import cronbach_alpha
from vises_methods.indicators.data_weights import critic_weights, entropy_weights, pca_weights
from vises_methods.indicators.elicited_weights import ahp_weights, budget_weights, pairwise_matrices
from vises_methods.indicators.framework_comparison import compare_frameworks
from vises_methods.indicators.imputation import impute
from vises_methods.indicators.normalisation import normalise
from vises_methods.indicators.outliers import OutlierRule, treat_outliers
from vises_methods.indicators.preparation import denominate
from vises_methods.indicators.profiles import profile
from vises_methods.indicators.quality import importance, tree_quality
from vises_methods.indicators.ranking import ranking
from vises_methods.indicators.removal import removal
from vises_methods.indicators.sheets import SheetMapping, mesis_mapping, read_sheet
from vises_methods.indicators.sobol import sobol_sensitivity
from vises_methods.indicators.tree import IndicatorTree, Node, Scale
from vises_methods.indicators.tuned_weights import tuned_weights
from vises_methods.indicators.uncertainty import uncertainty
from vises_methods.indicators.weight_perspectives import weight_perspectives
from vises_methods.indicators.weights import effective_weights
from vises_methods.indicators.what_if import what_if

__all__ = [
    "Cells",
    "Composite",
    "IndicatorTree",
    "Node",
    "OutlierRule",
    "Recipe",
    "Scale",
    "SheetMapping",
    "Thresholds",
    "aggregate",
    "ahp_weights",
    "audit",
    "audit_document",
    "bod_scores",
    "budget_weights",
    "capacity_indices",
    "compare_frameworks",
    "compose",
    "critic_weights",
    "cronbach_alpha",
    "decompose_change",
    "denominate",
    "effective_weights",
    "entropy_weights",
    "importance",
    "impute",
    "mesis_mapping",
    "normalise",
    "pairwise_matrices",
    "pca_weights",
    "profile",
    "ranking",
    "read_sheet",
    "removal",
    "sobol_sensitivity",
    "treat_outliers",
    "tree_quality",
    "tuned_weights",
    "uncertainty",
    "weight_perspectives",
    "what_if",
]
