"""Addresses of the pages of pattern workspaces."""

from django.urls import path

from workspaces.web import (
    candles,
    corrections,
    decisions,
    deployments,
    files,
    members,
    pages,
    runs,
    sessions,
    timeline,
)

app_name = "workspaces"

_ONE = "<uuid:pk>/"
_SESSIONS = f"{_ONE}sessions/"
_SESSION = f"{_SESSIONS}<uuid:session_id>/"

_RUNS = "<uuid:pk>/runs/"
_RUN = f"{_RUNS}<uuid:run_id>/"
_DEPLOYMENTS = f"{_ONE}deployments/"
_DEPLOYMENT = f"{_DEPLOYMENTS}<uuid:deployment_id>/"

urlpatterns = [
    path("", pages.index, name="list"),
    path("begin/", pages.begin, name="begin"),
    path(_ONE, timeline.timeline, name="timeline"),
    path(f"{_ONE}changes/", timeline.changes, name="changes"),
    path(f"{_ONE}note/", timeline.note, name="note"),
    path(f"{_ONE}description/", pages.description, name="description"),
    path(f"{_ONE}delete/", pages.delete, name="delete"),
    path(f"{_ONE}files/<uuid:file_id>/", files.file, name="file"),
    path(f"{_ONE}approve/", decisions.approve, name="approve"),
    path(f"{_ONE}verify/", decisions.verify, name="verify"),
    path(f"{_ONE}send-back/", decisions.send_back, name="send-back"),
    path(f"{_ONE}members/", members.members, name="members"),
    path(f"{_ONE}members/<uuid:user_id>/remove/", members.take_back, name="take-back"),
    path(_RUNS, runs.listing, name="runs"),
    path(f"{_RUNS}send/", runs.send, name="send-batch"),
    path(_RUN, runs.run, name="run"),
    path(f"{_RUN}cancel/", runs.cancel, name="cancel-run"),
    path(f"{_RUN}retry/", runs.retry, name="retry-run"),
    path("<uuid:pk>/versions/<uuid:version_id>/take-back/", runs.take_back, name="take-version-back"),
    path(_DEPLOYMENTS, deployments.listing, name="deployments"),
    path(f"{_DEPLOYMENTS}deploy/", deployments.deploy, name="deploy"),
    path(f"{_DEPLOYMENTS}target/", deployments.choose, name="choose-target"),
    path(f"{_DEPLOYMENTS}disconnect/", deployments.disconnect, name="disconnect-vercel"),
    path(_DEPLOYMENT, deployments.deployment, name="deployment"),
    path(f"{_DEPLOYMENT}cancel/", deployments.cancel, name="cancel-deployment"),
    path("candles/", candles.listing, name="candles"),
    path("candles/generate/", candles.generate, name="generate-candles"),
    path("candles/<uuid:pk>/rename/", candles.rename, name="rename-candles"),
    path("candles/<uuid:pk>/delete/", candles.delete, name="delete-candles"),
    path(f"{_ONE}cart/", corrections.cart, name="cart"),
    path(f"{_ONE}cart/<uuid:feedback_id>/note/", corrections.annotate, name="annotate-feedback"),
    path(f"{_ONE}cart/<uuid:feedback_id>/remove/", corrections.remove, name="remove-feedback"),
    path(f"{_ONE}cases/", corrections.cases, name="cases"),
    path(_SESSIONS, sessions.listing, name="sessions"),
    path(f"{_SESSIONS}new/", sessions.new, name="new-session"),
    path(_SESSION, sessions.session, name="session"),
    path(f"{_SESSION}bars/", sessions.bars, name="session-bars"),
    path(f"{_SESSION}detections/", sessions.detections, name="session-detections"),
    path(f"{_SESSION}complete/", sessions.complete, name="complete-session"),
    path(f"{_SESSION}reopen/", sessions.reopen, name="reopen-session"),
]
