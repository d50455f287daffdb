"""Addresses of the AI pages."""

from django.urls import path

from orchestrator.ai.web import views

app_name = "ai"

urlpatterns = [
    path("settings/ai/", views.settings_page, name="settings"),
    path("settings/ai/<slug:provider>/", views.set_key, name="set-key"),
    path("settings/ai/<slug:provider>/delete/", views.delete_key, name="delete-key"),
    path("settings/ai/<slug:provider>/test/", views.test_key, name="test-key"),
]
