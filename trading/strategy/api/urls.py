"""Addresses of the API of corporation strategy, all under ``/api/v1/strategy/``."""

from django.urls import include, path

from trading.strategy.api import logs, sessions

_SESSION = "sessions/<uuid:pk>/"

urlpatterns = [
    path("", include("trading.strategy.api.matrix_urls")),
    path("sessions/", sessions.SessionsView.as_view(), name="strategy-sessions"),
    path(_SESSION, sessions.SessionView.as_view(), name="strategy-session"),
    path("logs/", logs.LogsView.as_view(), name="strategy-logs"),
    path("logs/export/", logs.LogFileView.as_view(), name="strategy-logs-export"),
]
