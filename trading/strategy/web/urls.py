"""Addresses of the pages of corporation strategy."""

from django.urls import include, path

from trading.strategy.web import board, sessions

app_name = "strategy"

_SESSION = "sessions/<uuid:pk>/"

urlpatterns = [
    path("", include("trading.strategy.web.matrix_urls")),
    path("", board.sessions, name="sessions"),
    path("sessions/import/", sessions.bring, name="import-session"),
    path(_SESSION, sessions.session, name="session"),
    path(f"{_SESSION}document/", sessions.document, name="session-document"),
    path(f"{_SESSION}log/<slug:kind>/", sessions.log, name="session-log"),
]
