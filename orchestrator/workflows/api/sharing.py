"""The API of a workflow's sharing: who may do what with it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.params import text_of
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.api import examples
from orchestrator.workflows.api import serializers as shown
from orchestrator.workflows.models import Access, WorkflowPermission
from orchestrator.workflows.queries.people import people_to_ask
from orchestrator.workflows.services import sharing

PERSON = OpenApiParameter("person_id", UUID, OpenApiParameter.PATH, description="Id of the person")


@extend_schema_view(get=extend_schema(tags=["sharing"], operation_id="permissions_list"))
class PermissionsView(ListAPIView[WorkflowPermission]):
    """Who may do what with the workflow."""

    queryset = WorkflowPermission.objects.none()
    serializer_class = shown.PermissionSerializer

    def get_queryset(self) -> QuerySet[WorkflowPermission]:
        workflow = find_workflow(person(self.request), self.kwargs["pk"], Access.VIEWER)
        return workflow.permissions.select_related("user")

    @extend_schema(
        request=shown.GrantSerializer,
        responses={201: shown.PermissionSerializer},
        examples=[examples.GRANT],
        tags=["sharing"],
        operation_id="permissions_grant",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Give a person access, or change it."""
        given = valid_data(shown.GrantSerializer(data=request.data))
        permission = sharing.grant_access(person(request), pk, **given)
        return Response(shown.PermissionSerializer(permission).data, status=status.HTTP_201_CREATED)


class PeopleView(APIView):
    @extend_schema(
        responses=shown.PersonToAskSerializer(many=True),
        parameters=[OpenApiParameter("search", str, description="Words of their names")],
        tags=["sharing"],
        operation_id="people_list",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Whom its approvals may ask: people it is shared with; for admins, everybody. The first fifty."""
        user = person(request)
        workflow = find_workflow(user, pk, Access.VIEWER)
        people = people_to_ask(user, workflow, text_of(request.query_params, "search"))
        return Response(shown.PersonToAskSerializer(people, many=True).data)


class PermissionView(APIView):
    @extend_schema(
        responses={204: None}, parameters=[PERSON], tags=["sharing"], operation_id="permissions_revoke"
    )
    def delete(self, request: Request, pk: UUID, person_id: UUID) -> Response:
        """Take a person's access away."""
        sharing.revoke_access(person(request), pk, person_id=person_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
