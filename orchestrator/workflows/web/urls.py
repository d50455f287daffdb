"""Addresses of the workflow pages."""

from django.urls import path

from orchestrator.workflows.web import views

app_name = "workflows"

urlpatterns = [
    path("workflows/", views.listing, name="list"),
]
