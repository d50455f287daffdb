from django.urls import path
from rest_framework.routers import SimpleRouter

from orchestrator.workflows.api import sharing, triggers, versions, views

router = SimpleRouter(use_regex_path=False)
router.register("workflows", views.WorkflowViewSet, basename="workflow")

_TRIGGER = "workflows/<uuid:pk>/triggers/<uuid:trigger_id>/"
_VERSION = "workflows/<uuid:pk>/versions/<int:number>/"

urlpatterns = [
    *router.urls,
    path("workflows/<uuid:pk>/versions/", versions.VersionsView.as_view(), name="versions"),
    path(_VERSION, versions.VersionView.as_view(), name="version"),
    path(f"{_VERSION}restore/", versions.RestoreView.as_view(), name="version-restore"),
    path(f"{_VERSION}diff/<int:other>/", versions.DiffView.as_view(), name="version-diff"),
    path("workflows/<uuid:pk>/permissions/", sharing.PermissionsView.as_view(), name="permissions"),
    path(
        "workflows/<uuid:pk>/permissions/<uuid:person_id>/",
        sharing.PermissionView.as_view(),
        name="permission",
    ),
    path("workflows/<uuid:pk>/triggers/", triggers.TriggersView.as_view(), name="triggers"),
    path(_TRIGGER, triggers.TriggerView.as_view(), name="trigger"),
    path(f"{_TRIGGER}rotate/", triggers.RotateView.as_view(), name="trigger-rotate"),
    path(f"{_TRIGGER}deliveries/", triggers.DeliveriesView.as_view(), name="trigger-deliveries"),
    path("node-types/", views.NodeTypesView.as_view(), name="node-types"),
]
