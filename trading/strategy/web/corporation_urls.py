"""Addresses of the pages of corporations and characters."""

from django.urls import path

from trading.strategy.web import characters, corporations

_CORPORATION = "corporations/<uuid:pk>/"

urlpatterns = [
    path("corporations/", corporations.listing, name="corporations"),
    path("corporations/new/", corporations.new, name="new-corporation"),
    path(_CORPORATION, corporations.detail, name="corporation"),
    path(f"{_CORPORATION}data/<str:kind>/", corporations.data, name="corporation-data"),
    path(f"{_CORPORATION}refresh/", corporations.refresh, name="refresh-corporation"),
    path(f"{_CORPORATION}progress/", corporations.progress, name="refresh-progress"),
    path(f"{_CORPORATION}lend/", corporations.lend, name="lend-corporation"),
    path(f"{_CORPORATION}take-back/", corporations.take_back, name="take-back-corporation"),
    path(f"{_CORPORATION}region/", corporations.region, name="corporation-region"),
    path(f"{_CORPORATION}delete/", corporations.delete, name="delete-corporation"),
    path(f"{_CORPORATION}connect/", characters.connect, name="connect-character"),
    path("characters/back/", characters.back, name="eve-back"),
    path("characters/<uuid:pk>/disconnect/", characters.disconnect, name="disconnect-character"),
]
