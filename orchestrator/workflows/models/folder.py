"""Folders: the tree in which a person keeps the workflows they own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField
from orchestrator.workflows.domain.folders import MAX_DEPTH, MAX_NAME, MAX_PATH

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class FolderQuerySet(models.QuerySet["Folder"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """A person's own; an admin sees everybody's."""
        if not isinstance(user, User):
            return self.none()
        return self if user.is_admin else self.filter(owner=user)

    def within(self, folder: Folder) -> Self:
        """The folder and all below it."""
        below = Q(path__startswith=f"{folder.path}/")
        return self.filter(Q(pk=folder.pk) | below, owner=folder.owner_id)


class Folder(models.Model):
    """One folder. ``path`` is its names from the top, so that no list has to climb the tree."""

    id = IdField()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="folders")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="children"
    )
    name = models.CharField(max_length=MAX_NAME)
    path = models.CharField(max_length=MAX_PATH)
    depth = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=utc_now)

    objects = FolderQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                F("owner"), F("parent"), Lower("name"), name="folder_name_once", nulls_distinct=False
            ),
            models.UniqueConstraint(F("owner"), Lower("path"), name="folder_path_once"),
            models.CheckConstraint(name="folder_has_a_name", condition=~Q(name="") & ~Q(name__contains="/")),
            models.CheckConstraint(name="folder_not_in_itself", condition=~Q(parent=F("id"))),
            models.CheckConstraint(
                name="folder_depth",
                condition=Q(parent__isnull=True, depth=1)
                | Q(parent__isnull=False, depth__gt=1, depth__lte=MAX_DEPTH),
            ),
        ]

    def __str__(self) -> str:
        return self.path
