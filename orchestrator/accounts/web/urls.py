"""Addresses of the account pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from orchestrator.accounts.web import views

app_name = "accounts"

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("settings/", views.settings_page, name="settings"),
    path("settings/theme/", views.set_theme, name="theme"),
    path("settings/keys/", views.create_key, name="create-key"),
    path("settings/keys/<uuid:pk>/revoke/", views.revoke_key, name="revoke-key"),
]
