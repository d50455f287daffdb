"""Addresses of the account pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from orchestrator.accounts.web import keys, login, security, settings_pages

app_name = "accounts"

urlpatterns = [
    path("login/", login.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("settings/", settings_pages.profile_page, name="settings"),
    path("settings/notifications/", settings_pages.notifications_page, name="notifications"),
    path("settings/security/", security.security_page, name="security"),
    path("settings/theme/", settings_pages.set_theme, name="theme"),
    path("settings/api-keys/", keys.keys_page, name="api-keys"),
    path("settings/api-keys/<uuid:pk>/revoke/", keys.revoke_key, name="revoke-key"),
]
