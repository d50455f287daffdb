"""The API of help with writing: texts, patterns, further questions, and the record of what was sent."""

from __future__ import annotations

from typing import Any
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
from orchestrator.core.errors import NotFound
from process.api import examples
from process.api import help_serializers as given
from process.api.sessions import TAG, place
from process.models import Archetype, Disclosure, FollowUp, HelpRequest, Synthesis
from process.queries import texts
from process.queries.helping import state_of
from process.queries.sessions import session_of
from process.services import assistance, further, helping, patterns
from process.services import texts as writing
from process.services.material import material_of

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Asked again with it, the same is given"
)


def accepted(request: HelpRequest) -> Response:
    """What was asked for, and where it stands."""
    return Response(given.HelpStateSerializer(state_of(request)).data, status=status.HTTP_202_ACCEPTED)


class AssistanceView(APIView):
    @extend_schema(
        responses=given.AssistanceShownSerializer, tags=TAG, operation_id="process_sessions_assistance"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Who helps, who may be chosen, and how many answers may be used."""
        return Response(_assistance(request, pk))

    @extend_schema(
        request=given.AssistanceSerializer,
        responses=given.AssistanceShownSerializer,
        examples=[examples.HELPER],
        tags=TAG,
        operation_id="process_sessions_choose_assistance",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Choose who helps; a provider is given answers only when something is asked for."""
        data = valid_data(given.AssistanceSerializer(data=request.data))
        assistance.choose_assistance(person(request), pk, provider=data["provider"])
        return Response(_assistance(request, pk))


def _assistance(request: Request, pk: UUID) -> dict[str, Any]:
    user = person(request)
    session_of(user, pk)
    where = place(user, pk)
    material = material_of(where)
    return {
        "provider": assistance.chosen_provider(where.session),
        "offered": ["off", *(state.info.name for state in assistance.providers_to_choose(user))],
        "usable_answers": len(material.sources),
        "private_answers": material.private,
        "hidden_answers": material.hidden,
    }


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_sessions_syntheses"))
class SynthesesView(ListAPIView[Synthesis]):
    """All versions of all texts, the latest first."""

    queryset = Synthesis.objects.none()
    serializer_class = given.SynthesisSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Synthesis]:
        return texts.texts_of(session_of(person(self.request), self.kwargs["pk"]))

    @extend_schema(
        request=given.AskForTextSerializer,
        responses={202: given.HelpStateSerializer},
        parameters=[KEY],
        examples=[examples.DRAFT],
        tags=TAG,
        operation_id="process_sessions_ask_for_text",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Have a section written as a new version, or everything told in a few sentences."""
        data = valid_data(given.AskForTextSerializer(data=request.data))
        key = request.headers.get("Idempotency-Key")
        return accepted(helping.ask_for_text(person(request), pk, key=key, **data))


class SynthesisView(APIView):
    @extend_schema(responses=given.SynthesisSerializer, tags=TAG, operation_id="process_sessions_synthesis")
    def get(self, request: Request, pk: UUID, text_id: UUID) -> Response:
        """One version, by sentences."""
        session = session_of(person(request), pk)
        return Response(given.SynthesisSerializer(texts.find_text(session, text_id)).data)

    @extend_schema(
        request=given.SynthesisWriteSerializer,
        responses=given.SynthesisSerializer,
        tags=TAG,
        operation_id="process_sessions_edit_synthesis",
    )
    def patch(self, request: Request, pk: UUID, text_id: UUID) -> Response:
        """Write it anew: a new version, in which sentences that stayed keep their answers."""
        data = valid_data(given.SynthesisWriteSerializer(data=request.data))
        return Response(
            given.SynthesisSerializer(writing.edit_text(person(request), pk, text_id, **data)).data
        )


class ApproveView(APIView):
    @extend_schema(
        request=given.ApproveSerializer,
        responses=given.SynthesisSerializer,
        tags=TAG,
        operation_id="process_sessions_approve_synthesis",
    )
    def post(self, request: Request, pk: UUID, text_id: UUID) -> Response:
        """Make it the chapter of its section, or take that back."""
        data = valid_data(given.ApproveSerializer(data=request.data))
        text = writing.approve_text(person(request), pk, text_id, approved=data["approved"])
        return Response(given.SynthesisSerializer(text).data)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_sessions_archetypes"))
class ArchetypesView(ListAPIView[Archetype]):
    """The patterns that the person has been shown."""

    queryset = Archetype.objects.none()
    serializer_class = given.ArchetypeSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Archetype]:
        return texts.shown_patterns(session_of(person(self.request), self.kwargs["pk"]))

    @extend_schema(
        request=None,
        responses={202: given.HelpStateSerializer},
        parameters=[KEY],
        tags=TAG,
        operation_id="process_sessions_ask_for_archetypes",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Have patterns looked for, when it is time."""
        key = request.headers.get("Idempotency-Key")
        return accepted(helping.ask_for_patterns(person(request), pk, key=key))


class RevealView(APIView):
    @extend_schema(
        request=None,
        responses=given.RevealedSerializer,
        tags=TAG,
        operation_id="process_sessions_reveal_archetypes",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Show what was seen with enough certainty."""
        return Response({"revealed": patterns.reveal_patterns(person(request), pk)})


class ConfirmView(APIView):
    @extend_schema(
        request=given.JudgeSerializer,
        responses=given.ArchetypeSerializer,
        examples=[examples.REFRAMED],
        tags=TAG,
        operation_id="process_sessions_confirm_archetype",
    )
    def post(self, request: Request, pk: UUID, pattern_id: UUID) -> Response:
        """Confirm or reject a pattern, or put it in other words."""
        data = valid_data(given.JudgeSerializer(data=request.data))
        judged = patterns.judge_pattern(person(request), pk, pattern_id, **data)
        return Response(given.ArchetypeSerializer(judged).data)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_sessions_disclosures"))
class DisclosuresView(ListAPIView[Disclosure]):
    """What was given to helpers, word by word, the latest first."""

    queryset = Disclosure.objects.none()
    serializer_class = given.DisclosureSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Disclosure]:
        return texts.disclosures_of(session_of(person(self.request), self.kwargs["pk"]))


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_sessions_follow_ups"))
class FollowUpsView(ListAPIView[FollowUp]):
    """Further questions that were not put away, with what was said to them."""

    queryset = FollowUp.objects.none()
    serializer_class = given.FollowUpSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[FollowUp]:
        session = session_of(person(self.request), self.kwargs["pk"])
        return texts.follow_ups_of(session).filter(dismissed_at__isnull=True)

    @extend_schema(
        request=given.AskFurtherSerializer,
        responses={202: given.HelpStateSerializer},
        parameters=[KEY],
        tags=TAG,
        operation_id="process_sessions_ask_further",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Have something asked about one answer."""
        data = valid_data(given.AskFurtherSerializer(data=request.data))
        key = request.headers.get("Idempotency-Key")
        return accepted(helping.ask_for_question(person(request), pk, prompt=data["prompt"], key=key))


class FollowUpView(APIView):
    @extend_schema(
        request=given.ReplySerializer,
        responses=given.FollowUpSerializer,
        tags=TAG,
        operation_id="process_sessions_reply",
    )
    def patch(self, request: Request, pk: UUID, further_id: UUID) -> Response:
        """Reply to it; a blank leaves what is there."""
        data = valid_data(given.ReplySerializer(data=request.data))
        row = further.save_reply(
            person(request), pk, further_id, value=data["reply"], expect=data.get("expect")
        )
        return Response(given.FollowUpSerializer(row).data)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_sessions_dismiss_follow_up")
    def delete(self, request: Request, pk: UUID, further_id: UUID) -> Response:
        """Put it away; a reply to it is used for nothing any more."""
        further.dismiss_question(person(request), pk, further_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HelpView(APIView):
    @extend_schema(responses=given.HelpStateSerializer, tags=TAG, operation_id="process_sessions_help")
    def get(self, request: Request, pk: UUID, request_id: UUID) -> Response:
        """How far something is that was asked for."""
        session = session_of(person(request), pk)
        rows = HelpRequest.objects.filter(session=session).select_related("section")
        found = rows.filter(pk=request_id).first()
        if found is None:
            raise NotFound("Nothing of that kind was asked for in this session.")
        return Response(given.HelpStateSerializer(state_of(found)).data)
