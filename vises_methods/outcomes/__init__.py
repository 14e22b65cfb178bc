"""Approach 3, outcome comparison: what changed for whom, beside what, and how strongly that may be said."""

from vises_methods.outcomes.attrition_table import attrition
from vises_methods.outcomes.balance_table import balance
from vises_methods.outcomes.binary import binary_change, binary_comparison, proportion
from vises_methods.outcomes.bootstrap import wild_bootstrap
from vises_methods.outcomes.chained_equations import impute
from vises_methods.outcomes.change import change_beyond_trend, paired_change, regression_to_the_mean
from vises_methods.outcomes.checks import placebo, pre_trends
from vises_methods.outcomes.clusters import cluster_robust
from vises_methods.outcomes.comparison import ancova, difference_in_differences
from vises_methods.outcomes.confounding import sensitivity_to_confounding
from vises_methods.outcomes.counts import count_change, count_comparison
from vises_methods.outcomes.design import Design, detect_design
from vises_methods.outcomes.dropout import attrition_bounds, dropout_weights
from vises_methods.outcomes.e_values import e_value
from vises_methods.outcomes.effect_sizes import effect_size, hedges_factor
from vises_methods.outcomes.effect_sizes_controlled import controlled_change
from vises_methods.outcomes.equivalence_tests import equivalence
from vises_methods.outcomes.grades import Grade, grade
from vises_methods.outcomes.imputation import combine_imputations
from vises_methods.outcomes.matching import Matched, match
from vises_methods.outcomes.multilevel import MultilevelPooled, pool_multilevel
from vises_methods.outcomes.multiplicity import adjust_pvalues
from vises_methods.outcomes.ordinal import brunner_munzel, ordered_logit, rank_sum
from vises_methods.outcomes.pooling import Pooled, pool
from vises_methods.outcomes.power import detection_power, proportions_power, smallest_detectable
from vises_methods.outcomes.ranks import cluster_permutation, sign_flip, signed_rank
from vises_methods.outcomes.rosenbaum import rosenbaum_bounds
from vises_methods.outcomes.scales import cronbach_alpha, scale_score
from vises_methods.outcomes.sentences import causal_words, overclaims, wording
from vises_methods.outcomes.series import interrupted_series
from vises_methods.outcomes.small_studies import small_study_effects
from vises_methods.outcomes.specifications import specification_curve
from vises_methods.outcomes.sroi import sroi_corrections
from vises_methods.outcomes.staggered import staggered_differences
from vises_methods.outcomes.standardised import cliffs_delta, standardised_difference
from vises_methods.outcomes.stepdown import romano_wolf
from vises_methods.outcomes.wald import cluster_wald
from vises_methods.outcomes.weighting import Weighted, weight
from vises_methods.outcomes.westfall import westfall_young

__all__ = [
    "Design",
    "Grade",
    "Matched",
    "MultilevelPooled",
    "Pooled",
    "Weighted",
    "adjust_pvalues",
    "ancova",
    "attrition",
    "attrition_bounds",
    "balance",
    "binary_change",
    "binary_comparison",
    "brunner_munzel",
    "causal_words",
    "change_beyond_trend",
    "cliffs_delta",
    "cluster_permutation",
    "cluster_robust",
    "cluster_wald",
    "combine_imputations",
    "controlled_change",
    "count_change",
    "count_comparison",
    "cronbach_alpha",
    "detect_design",
    "detection_power",
    "difference_in_differences",
    "dropout_weights",
    "e_value",
    "effect_size",
    "equivalence",
    "grade",
    "hedges_factor",
    "impute",
    "interrupted_series",
    "match",
    "ordered_logit",
    "overclaims",
    "paired_change",
    "placebo",
    "pool",
    "pool_multilevel",
    "pre_trends",
    "proportion",
    "proportions_power",
    "rank_sum",
    "regression_to_the_mean",
    "romano_wolf",
    "rosenbaum_bounds",
    "scale_score",
    "sensitivity_to_confounding",
    "sign_flip",
    "signed_rank",
    "small_study_effects",
    "smallest_detectable",
    "specification_curve",
    "sroi_corrections",
    "staggered_differences",
    "standardised_difference",
    "weight",
    "westfall_young",
    "wild_bootstrap",
    "wording",
]
