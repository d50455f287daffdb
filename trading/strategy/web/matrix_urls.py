"""Addresses of the pages of matrices and recommendations."""

from django.urls import path

from trading.strategy.web import matrices, matrix_table, recommendations

_MATRIX = "matrices/<uuid:pk>/"
_RECOMMENDATION = "recommendations/<uuid:pk>/"

urlpatterns = [
    path("matrices/", matrices.listing, name="matrices"),
    path("matrices/new/", matrices.new, name="new-matrix"),
    path(_MATRIX, matrices.detail, name="matrix"),
    path(f"{_MATRIX}picture/", matrices.picture, name="matrix-picture"),
    path(f"{_MATRIX}table/", matrix_table.table, name="matrix-csv"),
    path(f"{_MATRIX}rename/", matrices.rename, name="rename-matrix"),
    path(f"{_MATRIX}delete/", matrices.delete, name="delete-matrix"),
    path(f"{_MATRIX}options/add/", matrices.add, {"kind": "option"}, name="add-option"),
    path(f"{_MATRIX}criteria/add/", matrices.add, {"kind": "criterion"}, name="add-criterion"),
    path(f"{_MATRIX}options/<uuid:part_id>/", matrices.option, name="matrix-option"),
    path(f"{_MATRIX}criteria/<uuid:part_id>/", matrices.criterion, name="matrix-criterion"),
    path("recommendations/", recommendations.listing, name="recommendations"),
    path(f"{_RECOMMENDATION}judge/", recommendations.judge, name="judge-recommendation"),
    path(f"{_RECOMMENDATION}outcome/", recommendations.outcome, name="recommendation-outcome"),
]
