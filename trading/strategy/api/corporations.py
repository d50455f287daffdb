"""The API of corporations: adding, lending, refreshing, and what is known of them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

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
from orchestrator.core.errors import NotFound
from trading.strategy.access import find_corporation
from trading.strategy.api import corporation_examples as examples
from trading.strategy.api import corporation_serializers as given
from trading.strategy.domain.kinds import KINDS
from trading.strategy.models import Corporation
from trading.strategy.queries import corporations as queries
from trading.strategy.services import corporations as services
from trading.strategy.services.adding import add_by_number
from trading.strategy.services.refreshing import Progress, progress_of, start_refresh

TAG: Final = ["corporations"]


@extend_schema_view(
    get=extend_schema(tags=TAG, operation_id="corporations_list", examples=[examples.CORPORATION])
)
class CorporationsView(ListAPIView[Corporation]):
    """Corporations that you added or that were lent to you, the newest first."""

    queryset = Corporation.objects.none()
    serializer_class = given.CorporationSerializer

    def get_queryset(self) -> QuerySet[Corporation]:
        return Corporation.objects.visible_to(person(self.request)).select_related("owner")

    @extend_schema(
        request=given.NewCorporationSerializer,
        responses={201: given.CorporationSerializer},
        examples=[examples.NEW, examples.CORPORATION],
        tags=TAG,
        operation_id="corporations_create",
        extensions={FURTHER_PROBLEMS: ["409", "503"]},
    )
    def post(self, request: Request) -> Response:
        """Add one by its number. Its name is looked up at ESI, which may take some seconds, or be away."""
        data = valid_data(given.NewCorporationSerializer(data=request.data))
        made = add_by_number(person(request), data["corporation_id"])
        return Response(given.CorporationSerializer(made).data, status=status.HTTP_201_CREATED)


class CorporationView(APIView):
    @extend_schema(
        responses=given.CorporationSerializer,
        examples=[examples.CORPORATION],
        tags=TAG,
        operation_id="corporations_retrieve",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One corporation."""
        return Response(given.CorporationSerializer(find_corporation(person(request), pk)).data)

    @extend_schema(
        request=given.ChangeCorporationSerializer,
        responses=given.CorporationSerializer,
        examples=[examples.CHANGE, examples.CORPORATION],
        tags=TAG,
        operation_id="corporations_update",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Choose the region whose market is looked at."""
        data = valid_data(given.ChangeCorporationSerializer(data=request.data))
        changed = services.choose_region(person(request), pk, **data)
        return Response(given.CorporationSerializer(changed).data)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="corporations_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """With all its sessions, matrices and data; its characters are disconnected before."""
        services.delete_corporation(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CorporationMembersView(APIView):
    @extend_schema(
        responses=given.CorporationMemberSerializer(many=True),
        tags=TAG,
        operation_id="corporations_members",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Whom it is lent to."""
        found = find_corporation(person(request), pk).members.select_related("user")
        return Response(given.CorporationMemberSerializer(found, many=True).data)

    @extend_schema(
        request=given.LendCorporationSerializer,
        responses=given.CorporationMemberSerializer,
        examples=[examples.LEND, examples.MEMBER],
        tags=TAG,
        operation_id="corporations_lend",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Lend it to somebody, to read or to work in its sessions; again with another access changes it."""
        data = valid_data(given.LendCorporationSerializer(data=request.data))
        member = services.lend_corporation(person(request), pk, **data)
        return Response(given.CorporationMemberSerializer(member).data)


class CorporationMemberView(APIView):
    @extend_schema(responses={204: None}, tags=TAG, operation_id="corporations_take_back")
    def delete(self, request: Request, pk: UUID, username: str) -> Response:
        """Take it back from somebody, or give back what was lent to you."""
        services.take_back_corporation(person(request), pk, username=username)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CorporationRefreshView(APIView):
    @extend_schema(responses=given.RefreshSerializer, tags=TAG, operation_id="corporations_refresh_progress")
    def get(self, request: Request, pk: UUID) -> Response:
        """How far the last refresh is. It is told for an hour."""
        find_corporation(person(request), pk)
        return Response(given.RefreshSerializer(progress_of(pk) or Progress(total=0, is_over=True)).data)

    @extend_schema(
        request=None, responses={202: given.RefreshSerializer}, tags=TAG, operation_id="corporations_refresh"
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Have a worker ask ESI for what has run out; while it does, asking again changes nothing."""
        begun = start_refresh(person(request), pk)
        return Response(given.RefreshSerializer(begun).data, status=status.HTTP_202_ACCEPTED)


class CorporationDataView(APIView):
    @extend_schema(
        responses=given.KnownSerializer(many=True),
        examples=[examples.KNOWN],
        tags=TAG,
        operation_id="corporations_data",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What is known, kind by kind, in facts with numbers, each with its age."""
        found = queries.known_of(find_corporation(person(request), pk))
        return Response(given.KnownSerializer(found, many=True).data)


class CorporationKindView(APIView):
    @extend_schema(
        responses=given.KnownWithDataSerializer, tags=TAG, operation_id="corporations_data_of_kind"
    )
    def get(self, request: Request, pk: UUID, kind: str) -> Response:
        """One kind of data, with the snapshot as it is kept. Amounts are decimal strings."""
        corporation = find_corporation(person(request), pk)
        if kind not in KINDS:
            raise NotFound(f"There is no kind of data called “{kind[:40]}”.")
        found = queries.known(KINDS[kind], queries.newest_snapshots(corporation).get(kind))
        return Response(given.KnownWithDataSerializer(found).data)
