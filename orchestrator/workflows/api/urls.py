from django.urls import path
from rest_framework.routers import SimpleRouter

from orchestrator.workflows.api import bulk, library, sharing, triggers, versions, views

router = SimpleRouter(use_regex_path=False)
router.register("workflows", views.WorkflowViewSet, basename="workflow")

_TRIGGER = "workflows/<uuid:pk>/triggers/<uuid:trigger_id>/"
_VERSION = "workflows/<uuid:pk>/versions/<int:number>/"

urlpatterns = [
    *router.urls,
    path("folders/", library.FoldersView.as_view(), name="folders"),
    path("folders/<uuid:pk>/", library.FolderView.as_view(), name="folder"),
    path("tags/", library.TagsView.as_view(), name="tags"),
    path("tags/rename/", library.RenameTagView.as_view(), name="rename-tag"),
    path("tags/delete/", library.DeleteTagView.as_view(), name="delete-tag"),
    path("templates/", library.TemplatesView.as_view(), name="templates"),
    path("templates/<uuid:pk>/", library.TemplateView.as_view(), name="template"),
    path("templates/<uuid:pk>/use/", library.UseTemplateView.as_view(), name="use-template"),
    path("bulk-jobs/", bulk.BulkJobsView.as_view(), name="bulk-jobs"),
    path("bulk-jobs/<uuid:pk>/", bulk.BulkJobView.as_view(), name="bulk-job"),
    path("bulk-jobs/<uuid:pk>/cancel/", bulk.CancelBulkJobView.as_view(), name="bulk-job-cancel"),
    path("bulk-jobs/<uuid:pk>/errors/", bulk.BulkJobErrorsView.as_view(), name="bulk-job-errors"),
    path("workflows/<uuid:pk>/template/", library.WorkflowTemplateView.as_view(), name="workflow-template"),
    path("workflows/<uuid:pk>/versions/", versions.VersionsView.as_view(), name="versions"),
    path("workflows/<uuid:pk>/versions/archive/", versions.ArchiveView.as_view(), name="versions-archive"),
    path(_VERSION, versions.VersionView.as_view(), name="version"),
    path(f"{_VERSION}archive/", versions.UnarchiveView.as_view(), name="version-archive"),
    path(f"{_VERSION}restore/", versions.RestoreView.as_view(), name="version-restore"),
    path(f"{_VERSION}diff/<int:other>/", versions.DiffView.as_view(), name="version-diff"),
    path("workflows/<uuid:pk>/permissions/", sharing.PermissionsView.as_view(), name="permissions"),
    path(
        "workflows/<uuid:pk>/permissions/<uuid:person_id>/",
        sharing.PermissionView.as_view(),
        name="permission",
    ),
    path("workflows/<uuid:pk>/people/", sharing.PeopleView.as_view(), name="people"),
    path("workflows/<uuid:pk>/triggers/", triggers.TriggersView.as_view(), name="triggers"),
    path(_TRIGGER, triggers.TriggerView.as_view(), name="trigger"),
    path(f"{_TRIGGER}rotate/", triggers.RotateView.as_view(), name="trigger-rotate"),
    path(f"{_TRIGGER}deliveries/", triggers.DeliveriesView.as_view(), name="trigger-deliveries"),
    path("node-types/", views.NodeTypesView.as_view(), name="node-types"),
]
