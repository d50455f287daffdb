"""Addresses of the API of matrices and recommendations."""

from django.urls import path

from trading.strategy.api import matrices, recommendations

_MATRIX = "matrices/<uuid:pk>/"
_RECOMMENDATION = "recommendations/<uuid:pk>/"

urlpatterns = [
    path("matrices/", matrices.MatricesView.as_view(), name="strategy-matrices"),
    path(_MATRIX, matrices.MatrixView.as_view(), name="strategy-matrix"),
    path(f"{_MATRIX}scores/", matrices.ScoresView.as_view(), name="strategy-matrix-scores"),
    path(f"{_MATRIX}weights/", matrices.WeightsView.as_view(), name="strategy-matrix-weights"),
    path(f"{_MATRIX}sensitivity/", matrices.SensitivityView.as_view(), name="strategy-matrix-sensitivity"),
    path(f"{_MATRIX}options/", matrices.OptionsView.as_view(), name="strategy-matrix-options"),
    path(f"{_MATRIX}options/<uuid:part_id>/", matrices.OptionView.as_view(), name="strategy-matrix-option"),
    path(f"{_MATRIX}criteria/", matrices.CriteriaView.as_view(), name="strategy-matrix-criteria"),
    path(
        f"{_MATRIX}criteria/<uuid:part_id>/",
        matrices.CriterionView.as_view(),
        name="strategy-matrix-criterion",
    ),
    path("recommendations/", recommendations.RecommendationsView.as_view(), name="strategy-recommendations"),
    path(
        "recommendations/calibration/",
        recommendations.CalibrationView.as_view(),
        name="strategy-calibration",
    ),
    path(_RECOMMENDATION, recommendations.RecommendationView.as_view(), name="strategy-recommendation"),
    path(f"{_RECOMMENDATION}judge/", recommendations.JudgeView.as_view(), name="strategy-judge"),
    path(f"{_RECOMMENDATION}outcome/", recommendations.OutcomeView.as_view(), name="strategy-outcome"),
]
