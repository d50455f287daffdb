"""``strategic_matrix``: options, weighted criteria, and what each option scores by each criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField
from trading.strategy.domain.matrix import MOST_SCORE, MOST_WEIGHT, PLACES
from trading.strategy.models.corporations import Corporation
from trading.strategy.models.sessions import StrategicSession, StrategicStep

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MatrixQuerySet(models.QuerySet["StrategicMatrix"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of the corporations that the person sees."""
        return self.filter(corporation__in=Corporation.objects.visible_to(user))


class StrategicMatrix(models.Model):
    """Of a session's step, or of a corporation alone. ``revision`` rises with every change."""

    id = IdField()
    corporation = models.ForeignKey(Corporation, on_delete=models.CASCADE, related_name="matrices")
    session = models.ForeignKey(
        StrategicSession, null=True, blank=True, on_delete=models.CASCADE, related_name="matrices"
    )
    step = models.OneToOneField(
        StrategicStep, null=True, blank=True, on_delete=models.SET_NULL, related_name="matrix"
    )
    title = models.CharField(max_length=200)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    objects = MatrixQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["corporation", "-id"], name="matrix_by_corporation")]

    def __str__(self) -> str:
        return self.title


class MatrixOption(models.Model):
    id = IdField()
    matrix = models.ForeignKey(StrategicMatrix, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["matrix", "name"], name="option_named_once"),
            models.CheckConstraint(name="option_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class MatrixCriterion(models.Model):
    """``weight`` as people entered it; what it is of the whole is reckoned."""

    id = IdField()
    matrix = models.ForeignKey(StrategicMatrix, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    weight = models.DecimalField(max_digits=8, decimal_places=PLACES, default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["matrix", "name"], name="criterion_named_once"),
            models.CheckConstraint(name="criterion_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="criterion_weight_in_range", condition=Q(weight__gte=0, weight__lte=MOST_WEIGHT)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MatrixScore(models.Model):
    """What an option scores by a criterion, why, and who or what says so."""

    id = IdField()
    option = models.ForeignKey(MatrixOption, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(MatrixCriterion, on_delete=models.CASCADE, related_name="scores")
    score = models.DecimalField(max_digits=6, decimal_places=PLACES)
    reason = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    updated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["option", "criterion"], name="scored_once"),
            models.CheckConstraint(name="score_in_range", condition=Q(score__gte=0, score__lte=MOST_SCORE)),
        ]

    def __str__(self) -> str:
        return f"{self.score}"
