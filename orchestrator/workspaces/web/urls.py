"""Addresses of the pages of pattern workspaces."""

from django.urls import path

from orchestrator.workspaces.web import candles, sessions

app_name = "workspaces"

_SESSIONS = "<uuid:pk>/sessions/"
_SESSION = f"{_SESSIONS}<uuid:session_id>/"

urlpatterns = [
    path("candles/", candles.listing, name="candles"),
    path("candles/generate/", candles.generate, name="generate-candles"),
    path("candles/<uuid:pk>/rename/", candles.rename, name="rename-candles"),
    path("candles/<uuid:pk>/delete/", candles.delete, name="delete-candles"),
    path(_SESSIONS, sessions.listing, name="sessions"),
    path(f"{_SESSIONS}new/", sessions.new, name="new-session"),
    path(_SESSION, sessions.session, name="session"),
    path(f"{_SESSION}bars/", sessions.bars, name="session-bars"),
    path(f"{_SESSION}detections/", sessions.detections, name="session-detections"),
    path(f"{_SESSION}complete/", sessions.complete, name="complete-session"),
]
