"""Addresses of the API of corporations."""

from django.urls import path

from trading.strategy.api import characters
from trading.strategy.api import corporations as views

_CORPORATION = "corporations/<uuid:pk>/"

urlpatterns = [
    path("corporations/", views.CorporationsView.as_view(), name="corporations"),
    path(_CORPORATION, views.CorporationView.as_view(), name="corporation"),
    path(f"{_CORPORATION}members/", views.CorporationMembersView.as_view(), name="corporation-members"),
    path(
        f"{_CORPORATION}members/<str:username>/",
        views.CorporationMemberView.as_view(),
        name="corporation-member",
    ),
    path(
        f"{_CORPORATION}characters/",
        characters.CorporationCharactersView.as_view(),
        name="corporation-characters",
    ),
    path("characters/<uuid:pk>/", characters.CharacterView.as_view(), name="corporation-character"),
    path(f"{_CORPORATION}refresh/", views.CorporationRefreshView.as_view(), name="corporation-refresh"),
    path(f"{_CORPORATION}data/", views.CorporationDataView.as_view(), name="corporation-data"),
    path(f"{_CORPORATION}data/<str:kind>/", views.CorporationKindView.as_view(), name="corporation-kind"),
]
