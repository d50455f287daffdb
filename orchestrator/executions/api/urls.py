from django.urls import path
from rest_framework.routers import SimpleRouter

from orchestrator.executions.api import approvals, cleaning, event_log, notifications, triggers, trying, views

router = SimpleRouter(use_regex_path=False)
router.register("executions", views.ExecutionViewSet, basename="execution")
router.register("approvals", approvals.ApprovalViewSet, basename="approval")
router.register("notifications", notifications.NotificationViewSet, basename="notification")

_TRIGGER = "workflows/<uuid:pk>/triggers/<uuid:trigger_id>/"

urlpatterns = [
    *router.urls,
    path("executions/clean/", cleaning.CleanView.as_view(), name="clean-executions"),
    path("workflows/<uuid:pk>/execute/", views.ExecuteView.as_view(), name="execute"),
    path(f"{_TRIGGER}fire/", triggers.FireView.as_view(), name="trigger-fire"),
    path(
        f"{_TRIGGER}deliveries/<uuid:delivery_id>/replay/",
        triggers.ReplayView.as_view(),
        name="delivery-replay",
    ),
    path("workflows/<uuid:pk>/try-node/", trying.TryNodeView.as_view(), name="try-node"),
    path("executions/<uuid:pk>/steps/", views.StepsView.as_view(), name="steps"),
    path("executions/<uuid:pk>/events/", views.EventsView.as_view(), name="events"),
    path("events/", event_log.EventLogView.as_view(), name="event-log"),
    path("events/export/", event_log.EventExportView.as_view(), name="event-export"),
    path(
        "workflows/<uuid:pk>/endpoints/", notifications.EndpointsView.as_view(), name="notification-endpoints"
    ),
    path(
        "workflows/<uuid:pk>/endpoints/<uuid:endpoint_id>/",
        notifications.EndpointView.as_view(),
        name="notification-endpoint",
    ),
    path(
        "workflows/<uuid:pk>/endpoints/<uuid:endpoint_id>/test/",
        notifications.EndpointTestView.as_view(),
        name="notification-endpoint-test",
    ),
    path("me/push-subscriptions/", notifications.BrowsersView.as_view(), name="push-subscriptions"),
    path(
        "me/push-subscriptions/<uuid:subscription_id>/",
        notifications.BrowserView.as_view(),
        name="push-subscription",
    ),
    path("executions/<uuid:pk>/signals/<str:name>/", views.SignalView.as_view(), name="signal"),
]
