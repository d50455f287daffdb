"""Addresses of the pages of corporation strategy."""

from django.urls import include, path

from trading.strategy.web import board, log, moving, sessions

app_name = "strategy"

_SESSION = "sessions/<uuid:pk>/"
_STEP = f"{_SESSION}steps/<int:position>/"

urlpatterns = [
    path("", include("trading.strategy.web.matrix_urls")),
    path("", board.sessions, name="sessions"),
    path("sessions/import/", sessions.bring, name="import-session"),
    path("sessions/new/", moving.new, name="new-session"),
    path(_SESSION, sessions.session, name="session"),
    path(f"{_SESSION}pause/", moving.pause, name="pause-session"),
    path(f"{_SESSION}resume/", moving.resume, name="resume-session"),
    path(f"{_SESSION}archive/", moving.archive, name="archive-session"),
    path(f"{_SESSION}delete/", moving.delete, name="delete-session"),
    path(f"{_STEP}review/", moving.review, name="review-step"),
    path(f"{_STEP}edit/", moving.edit, name="edit-step"),
    path(f"{_SESSION}document/", sessions.document, name="session-document"),
    path(f"{_SESSION}log/", log.page, name="session-log-page"),
    path(f"{_SESSION}log/<slug:kind>/", log.file, name="session-log"),
    path("", include("trading.strategy.web.corporation_urls")),
]
