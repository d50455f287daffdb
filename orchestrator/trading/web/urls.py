"""Addresses of the pages of trading."""

from django.urls import path

from orchestrator.trading.web import strategies

app_name = "trading"

urlpatterns = [
    path("", strategies.listing, name="strategies"),
    path("begin/<uuid:template_id>/", strategies.begin, name="begin"),
]
