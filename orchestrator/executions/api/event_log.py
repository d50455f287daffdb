"""The API of the event log: everything that happened in all runs that one may see."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.api.input import valid_data
from orchestrator.core.web.streaming import file_response
from orchestrator.executions.api import examples
from orchestrator.executions.api.serializers import LoggedEventSerializer
from orchestrator.executions.domain.codec import event_names
from orchestrator.executions.queries.event_export import CONTENT_TYPES, as_json, export_events
from orchestrator.executions.queries.event_groups import EVENT_GROUPS
from orchestrator.executions.queries.event_log import EventFilter
from orchestrator.executions.queries.event_search import SEARCH_HELP, person_called, run_range
from orchestrator.executions.queries.told import event_page

_TYPES: Final = sorted(event_names())


class EventQuerySerializer(serializers.Serializer[Any]):
    """What can be asked for; everything may be combined."""

    type = serializers.MultipleChoiceField(choices=_TYPES, required=False, help_text="May be given often")
    group = serializers.ChoiceField(
        choices=list(EVENT_GROUPS), required=False, help_text="All types about one subject"
    )
    execution = serializers.UUIDField(required=False)
    workflow = serializers.UUIDField(required=False)
    user = serializers.CharField(
        required=False, max_length=150, help_text="Who caused it: user name, id, or `me`"
    )
    node = serializers.CharField(required=False, max_length=100, help_text="Id of a node")
    occurred_after = serializers.DateTimeField(required=False, help_text="From this moment on")
    occurred_before = serializers.DateTimeField(required=False, help_text="Before this moment")
    search = serializers.CharField(required=False, max_length=60, help_text=SEARCH_HELP)

    def wanted(self, user: User) -> EventFilter:
        given = valid_data(self)
        runs, seq = run_range(given.get("search", ""))
        if "execution" in given:
            runs = (given["execution"], given["execution"])
        return EventFilter(
            group=given.get("group", ""),
            types=tuple(sorted(given.get("type", ()))),
            runs=runs,
            seq=seq,
            workflow=given.get("workflow"),
            person=person_called(user, given.get("user", "")),
            node=given.get("node", ""),
            after=given.get("occurred_after"),
            before=given.get("occurred_before"),
        )


class EventPageQuerySerializer(EventQuerySerializer):
    cursor = serializers.CharField(required=False, max_length=120)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class EventPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True, help_text="Further back")
    previous = serializers.URLField(allow_null=True)
    results = LoggedEventSerializer(many=True)


class EventLogView(APIView):
    @extend_schema(
        parameters=[EventPageQuerySerializer],
        responses=EventPageSerializer,
        examples=[examples.EVENTS],
        tags=["events"],
        operation_id="events_list",
    )
    def get(self, request: Request) -> Response:
        """What happened, newest first.

        Of all runs that you may see, also of those that were cleaned up since. `data` is without what steps
        took in and gave back; the events of one run have it. 400 with `search_too_wide` asks for a narrower
        search.
        """
        query = EventPageQuerySerializer(data=request.query_params)
        wanted = query.wanted(person(request))
        given = query.validated_data
        page = event_page(person(request), wanted, given.get("cursor", ""), size=given["page_size"])
        return Response(
            {
                "next": _link(request, page.next),
                "previous": _link(request, page.previous),
                "results": [as_json(each) for each in page.items],
            }
        )


class EventExportView(APIView):
    @extend_schema(
        parameters=[
            EventQuerySerializer,
            OpenApiParameter("as", str, enum=list(CONTENT_TYPES), description="Default: csv"),
        ],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/x-ndjson"): OpenApiTypes.STR},
        tags=["events"],
        operation_id="events_export",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The newest 100,000 events that fit, as a file. If there are more, its last line says so:

        in JSON lines an object with `truncated`.
        """
        kind = request.query_params.get("as", "csv")
        if kind not in CONTENT_TYPES:
            raise serializers.ValidationError({"as": ["csv or jsonl."]})
        user = person(request)
        wanted = EventQuerySerializer(data=request.query_params).wanted(user)
        pieces = export_events(user, wanted, kind)
        return file_response(
            request._request, pieces, name=f"events.{kind}", content_type=CONTENT_TYPES[kind]
        )


def _link(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = [(name, value) for name, values in request.query_params.lists() for value in values]
    kept = [(name, value) for name, value in query if name != "cursor"]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}")
