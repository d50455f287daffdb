"""Addresses of the API of corporation strategy, all under ``/api/v1/strategy/``."""

from django.urls import include, path

from trading.strategy.api import logs, moving, sessions

_SESSION = "sessions/<uuid:pk>/"

urlpatterns = [
    path("", include("trading.strategy.api.matrix_urls")),
    path("sessions/", sessions.SessionsView.as_view(), name="strategy-sessions"),
    path(_SESSION, sessions.SessionView.as_view(), name="strategy-session"),
    path(f"{_SESSION}cost/", sessions.CostView.as_view(), name="strategy-session-cost"),
    path(f"{_SESSION}advance/", moving.AdvanceView.as_view(), name="advance-strategy-session"),
    path(f"{_SESSION}pause/", moving.PauseView.as_view(), name="pause-strategy-session"),
    path(f"{_SESSION}resume/", moving.ResumeView.as_view(), name="resume-strategy-session"),
    path(f"{_SESSION}archive/", moving.ArchiveView.as_view(), name="archive-strategy-session"),
    path(f"{_SESSION}steps/<int:position>/review/", moving.ReviewView.as_view(), name="review-strategy-step"),
    path("logs/", logs.LogsView.as_view(), name="strategy-logs"),
    path("logs/export/", logs.LogFileView.as_view(), name="strategy-logs-export"),
    path("", include("trading.strategy.api.corporation_urls")),
]
