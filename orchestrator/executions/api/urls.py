from django.urls import path
from rest_framework.routers import SimpleRouter

from orchestrator.executions.api import approvals, event_log, views

router = SimpleRouter(use_regex_path=False)
router.register("executions", views.ExecutionViewSet, basename="execution")
router.register("approvals", approvals.ApprovalViewSet, basename="approval")

urlpatterns = [
    *router.urls,
    path("workflows/<uuid:pk>/execute/", views.ExecuteView.as_view(), name="execute"),
    path("workflows/<uuid:pk>/stats/", views.StatsView.as_view(), name="workflow-stats"),
    path("executions/<uuid:pk>/steps/", views.StepsView.as_view(), name="steps"),
    path("executions/<uuid:pk>/events/", views.EventsView.as_view(), name="events"),
    path("events/", event_log.EventLogView.as_view(), name="event-log"),
    path("events/export/", event_log.EventExportView.as_view(), name="event-export"),
    path("executions/<uuid:pk>/signals/<str:name>/", views.SignalView.as_view(), name="signal"),
]
