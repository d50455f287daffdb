"""Addresses of the workflow pages."""

from django.urls import path

from orchestrator.workflows.web import actions, creating, detail, editing, listing, triggers, versions

app_name = "workflows"

_ONE = "workflows/<uuid:pk>/"
_TRIGGER = f"{_ONE}triggers/<uuid:trigger_id>/"

urlpatterns = [
    path("workflows/", listing.index, name="list"),
    path("workflows/new/", creating.new, name="new"),
    path("workflows/import/", creating.import_file, name="import"),
    path("workflows/node-types/", editing.node_types_help, name="node-types"),
    path(_ONE, detail.page, name="detail"),
    path(f"{_ONE}describe/", detail.describe, name="describe"),
    path(f"{_ONE}share/", detail.share, name="share"),
    path(f"{_ONE}unshare/<uuid:person_id>/", detail.unshare, name="unshare"),
    path(f"{_ONE}delete/", detail.delete, name="delete"),
    path(f"{_ONE}edit/", editing.edit, name="edit"),
    path(f"{_ONE}picture/", editing.picture, name="picture"),
    path(f"{_ONE}versions/<int:number>/", versions.page, name="version"),
    path(f"{_ONE}versions/<int:number>/restore/", versions.restore, name="restore"),
    path(f"{_ONE}compare/", versions.choose, name="compare-choose"),
    path(f"{_ONE}compare/<int:before>/<int:after>/", versions.compare, name="compare"),
    path(f"{_ONE}triggers/new/<slug:kind>/", triggers.new, name="new-trigger"),
    path(f"{_ONE}triggers/schedule/", triggers.preview_schedule, name="preview-schedule"),
    path(f"{_ONE}triggers/input/", triggers.preview_input, name="preview-input"),
    path(_TRIGGER, triggers.page, name="trigger"),
    path(f"{_TRIGGER}enable/", triggers.enable, name="enable-trigger"),
    path(f"{_TRIGGER}delete/", triggers.delete, name="delete-trigger"),
    path(f"{_TRIGGER}rotate/", triggers.rotate, name="rotate-trigger"),
    path(f"{_TRIGGER}deliveries/<uuid:delivery_id>/", triggers.delivery, name="delivery"),
    path(f"{_ONE}publish/", actions.publish, name="publish"),
    path(f"{_ONE}archive/", actions.archive, name="archive"),
    path(f"{_ONE}unarchive/", actions.unarchive, name="unarchive"),
    path(f"{_ONE}favorite/", actions.favorite, name="favorite"),
    path(f"{_ONE}duplicate/", actions.duplicate, name="duplicate"),
    path(f"{_ONE}export/", actions.export, name="export"),
]
