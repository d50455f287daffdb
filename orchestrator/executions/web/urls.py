"""Addresses of the pages about runs. ``home`` stands outside any namespace."""

from django.urls import URLPattern, URLResolver, include, path

from orchestrator.executions.web import (
    actions,
    answering,
    detail,
    events,
    home,
    hooks,
    inbox,
    lists,
    notifications,
    operations,
    replay,
    starting,
    triggers,
)

run_patterns = [
    path("", detail.detail, name="detail"),
    path("live/", detail.live, name="live"),
    path("steps/", detail.steps, name="steps"),
    path("steps/<uuid:step_id>/", detail.step, name="step"),
    path("steps/<uuid:step_id>/<slug:part>.json", detail.step_data, name="step-data"),
    path("events/", detail.events, name="events"),
    path("timeline/", replay.timeline_piece, name="timeline"),
    path("moment/", replay.moment, name="moment"),
    path("node/", replay.node, name="node"),
    path("data/<slug:part>.json", detail.data, name="data"),
    path("cancel/", actions.cancel, name="cancel"),
    path("pause/", actions.pause, name="pause"),
    path("resume/", actions.resume, name="resume"),
    path("retry/", actions.retry, name="retry"),
    path("signal/", actions.signal, name="signal"),
]

execution_patterns: list[URLPattern | URLResolver] = [
    path("workflows/<uuid:pk>/run/", starting.run, name="run"),
    path("workflows/<uuid:pk>/runs/", lists.of_workflow, name="of-workflow"),
    path("workflows/<uuid:pk>/triggers/<uuid:trigger_id>/fire/", triggers.fire, name="fire"),
    path(
        "workflows/<uuid:pk>/triggers/<uuid:trigger_id>/deliveries/<uuid:delivery_id>/replay/",
        triggers.replay,
        name="replay-delivery",
    ),
    path("executions/", lists.listing, name="list"),
    path("executions/rows/", lists.rows, name="rows"),
    path("executions/<uuid:pk>/", include(run_patterns)),
]

approval_patterns = [
    path("approvals/", inbox.listing, name="list"),
    path("approvals/<uuid:pk>/", inbox.detail, name="detail"),
    path("approvals/<uuid:pk>/approve/", answering.approve, name="approve"),
    path("approvals/<uuid:pk>/reject/", answering.reject, name="reject"),
    path("approvals/link/<str:token>/", answering.by_link, name="link"),
]

operations_patterns = [
    path("operations/", operations.overview, name="overview"),
    path("operations/clean/", operations.clean, name="clean"),
]

event_patterns = [
    path("events/", events.listing, name="list"),
    path("events/export/", events.export, name="export"),
    path("events/<uuid:execution_id>/<int:seq>/", events.event, name="event"),
]

_NOTIFICATIONS = "workflows/<uuid:pk>/notifications/"

notification_patterns = [
    path(_NOTIFICATIONS, notifications.of_workflow, name="of-workflow"),
    path(f"{_NOTIFICATIONS}rules/", notifications.save_rules, name="save-rules"),
    path(f"{_NOTIFICATIONS}endpoints/", notifications.add_endpoint, name="add-endpoint"),
    path(
        f"{_NOTIFICATIONS}endpoints/<uuid:endpoint_id>/remove/",
        notifications.remove_endpoint,
        name="remove-endpoint",
    ),
    path(
        f"{_NOTIFICATIONS}endpoints/<uuid:endpoint_id>/test/", notifications.try_endpoint, name="try-endpoint"
    ),
    path("executions/<uuid:pk>/notifications/", notifications.of_run, name="of-run"),
    path("notifications/<uuid:pk>/retry/", notifications.retry, name="retry"),
    path("service-worker.js", notifications.service_worker, name="service-worker"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("hooks/<uuid:pk>/<str:secret>/", hooks.receive, name="hook"),
    path("", include((execution_patterns, "executions"))),
    path("", include((approval_patterns, "approvals"))),
    path("", include((notification_patterns, "notifications"))),
    path("", include((event_patterns, "events"))),
    path("", include((operations_patterns, "operations"))),
]
