"""Addresses of the pages of analytics."""

from django.urls import path

from orchestrator.analytics.web import views

app_name = "analytics"

urlpatterns = [
    path("analytics/", views.overview, name="overview"),
    path("analytics/workflows/<uuid:pk>/", views.workflow, name="workflow"),
    path("analytics/rates/", views.rates, name="rates"),
    path("analytics/export/<slug:table>.csv", views.export, name="export"),
]
