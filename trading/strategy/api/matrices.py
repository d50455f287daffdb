"""The API of decision matrices: everything the editor does, and how sensitive the winner is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.schema import FURTHER_PROBLEMS
from orchestrator.core.json import JsonObject
from trading.strategy.access import find_matrix, find_session
from trading.strategy.api import matrix_serializers as given
from trading.strategy.domain.drafts import CriterionDraft, OptionDraft, ScoreDraft
from trading.strategy.models import StrategicMatrix
from trading.strategy.queries.matrices import (
    matrices_for,
    shown_matrix,
    told_matrix,
    told_sensitivity,
)
from trading.strategy.services import matrices, matrix_parts
from trading.strategy.services.matrix_parts import Kind
from trading.strategy.services.matrix_scores import ScoreChange, set_scores

TAG = ["strategy matrices"]


class MatrixFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    corporation = django_filters.UUIDFilter(field_name="corporation_id")
    session = django_filters.UUIDFilter(field_name="session_id")

    class Meta:
        model = StrategicMatrix
        fields: list[str] = []


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="strategy_matrices_list"))
class MatricesView(ListAPIView[StrategicMatrix]):
    """Matrices of your corporations and of those lent to you, the newest first."""

    queryset = StrategicMatrix.objects.none()
    serializer_class = given.MatrixRowSerializer
    filterset_class = MatrixFilter

    def get_queryset(self) -> QuerySet[StrategicMatrix]:
        if getattr(self, "swagger_fake_view", False):
            return StrategicMatrix.objects.none()
        return matrices_for(person(self.request), {})

    @extend_schema(
        request=given.NewMatrixSerializer,
        responses={201: given.MatrixSerializer},
        tags=TAG,
        operation_id="strategy_matrices_create",
        extensions={FURTHER_PROBLEMS: ["404", "409"]},
    )
    def post(self, request: Request) -> Response:
        """Begin a matrix, with or without options, criteria and scores."""
        user, data = person(request), valid_data(given.NewMatrixSerializer(data=request.data))
        made = matrices.create_matrix(
            user,
            data["corporation"],
            title=data["title"],
            options=[OptionDraft(**each) for each in data["options"]],
            criteria=[CriterionDraft(**each) for each in data["criteria"]],
            scores=[ScoreDraft(**each) for each in data["scores"]],
            session=find_session(user, data["session"]) if data["session"] else None,
        )
        return Response(_told(made), status=status.HTTP_201_CREATED)


class MatrixView(APIView):
    @extend_schema(responses=given.MatrixSerializer, tags=TAG, operation_id="strategy_matrix")
    def get(self, request: Request, pk: UUID) -> Response:
        """A matrix with shares, totals, ranks and ties."""
        return Response(_told(find_matrix(person(request), pk)))

    @extend_schema(
        request=given.TitleSerializer,
        responses=given.MatrixSerializer,
        tags=TAG,
        operation_id="strategy_matrix_rename",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Give it another title."""
        data = valid_data(given.TitleSerializer(data=request.data))
        return Response(_told(matrices.rename_matrix(person(request), pk, **data)))

    @extend_schema(responses={204: None}, tags=TAG, operation_id="strategy_matrix_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete it with all its scores."""
        matrices.delete_matrix(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ScoresView(APIView):
    @extend_schema(
        request=given.ScoresSerializer,
        responses=given.MatrixSerializer,
        tags=TAG,
        operation_id="strategy_matrix_scores",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Set or take away scores, all or none of them. 409 `stale_matrix` brings the matrix as it is now."""
        data = valid_data(given.ScoresSerializer(data=request.data))
        changes = [ScoreChange(**each) for each in data["scores"]]
        return Response(_told(set_scores(person(request), pk, changes, revision=data["revision"])))


class WeightsView(APIView):
    @extend_schema(
        request=given.WeightsSerializer,
        responses=given.MatrixSerializer,
        tags=TAG,
        operation_id="strategy_matrix_weights",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Weigh some criteria or all: at least one keeps a weight above 0."""
        data = valid_data(given.WeightsSerializer(data=request.data))
        weights = {each["criterion"]: each["weight"] for each in data["weights"]}
        changed = matrix_parts.set_weights(person(request), pk, weights, revision=data["revision"])
        return Response(_told(changed))


class SensitivityView(APIView):
    @extend_schema(
        responses=given.SensitivitySerializer, tags=TAG, operation_id="strategy_matrix_sensitivity"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Which change of one criterion's weight flips the winner.

        The others keep their proportions.
        """
        return Response(told_sensitivity(shown_matrix(find_matrix(person(request), pk))))


class _PartsView(APIView):
    kind: Kind
    takes: type[given.NewOptionSerializer]

    def post(self, request: Request, pk: UUID) -> Response:
        """Add one at the end."""
        data = valid_data(self.takes(data=request.data))
        changed = matrix_parts.add_part(person(request), pk, self.kind, **data)
        return Response(_told(changed), status=status.HTTP_201_CREATED)


class _PartView(APIView):
    kind: Kind

    def patch(self, request: Request, pk: UUID, part_id: UUID) -> Response:
        """Name, describe or move it."""
        data = valid_data(given.ChangePartSerializer(data=request.data))
        return Response(_told(matrix_parts.change_part(person(request), pk, self.kind, part_id, **data)))

    def delete(self, request: Request, pk: UUID, part_id: UUID) -> Response:
        """Take it away with its scores."""
        return Response(_told(matrix_parts.delete_part(person(request), pk, self.kind, part_id)))


def _documented(name: str) -> Any:
    change = extend_schema(
        request=given.ChangePartSerializer,
        responses=given.MatrixSerializer,
        tags=TAG,
        operation_id=f"strategy_matrix_{name}_change",
    )
    delete = extend_schema(
        responses={200: given.MatrixSerializer}, tags=TAG, operation_id=f"strategy_matrix_{name}_delete"
    )
    return extend_schema_view(patch=change, delete=delete)


def _adding(name: str, takes: type[given.NewOptionSerializer]) -> Any:
    add = extend_schema(
        request=takes,
        responses={201: given.MatrixSerializer},
        tags=TAG,
        operation_id=f"strategy_matrix_{name}_add",
    )
    return extend_schema_view(post=add)


@_adding("option", given.AddOptionSerializer)
class OptionsView(_PartsView):
    kind = "option"
    takes = given.AddOptionSerializer


@_adding("criterion", given.AddCriterionSerializer)
class CriteriaView(_PartsView):
    kind = "criterion"
    takes = given.AddCriterionSerializer


@_documented("option")
class OptionView(_PartView):
    kind = "option"


@_documented("criterion")
class CriterionView(_PartView):
    kind = "criterion"


def _told(matrix: StrategicMatrix) -> JsonObject:
    return told_matrix(shown_matrix(matrix))
