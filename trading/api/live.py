"""The API of live trading: the locks of a workflow, the kill switch, a portfolio's account, cancels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.errors import NotFound
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access
from trading.api import live_serializers as given
from trading.models import LiveAccount
from trading.queries.locks import locks_of, still_open, switch_now
from trading.services import killing, locks
from trading.services.live import accounts, redeeming, stopping
from trading.services.portfolios import find_portfolio

TAG = ["live trading"]


class LocksView(APIView):
    @extend_schema(responses=given.LocksSerializer, tags=TAG, operation_id="trading_locks")
    def get(self, request: Request, pk: UUID) -> Response:
        """How the three locks before a workflow's live orders stand."""
        return _locks(request, pk)

    @extend_schema(
        request=given.ApproveLiveSerializer,
        responses=given.LocksSerializer,
        examples=[given.APPROVE],
        tags=TAG,
        operation_id="trading_locks_approve",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Approve the published version for live orders, with a cap. Administrators only."""
        data = valid_data(given.ApproveLiveSerializer(data=request.data))
        locks.approve(person(request), pk, **data)
        return _locks(request, pk)

    @extend_schema(
        request=None, responses=given.LocksSerializer, tags=TAG, operation_id="trading_locks_revoke"
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take the approval back. Open orders stay."""
        locks.revoke(person(request), pk)
        return _locks(request, pk)


class KillSwitchView(APIView):
    @extend_schema(responses=given.SwitchStateSerializer, tags=TAG, operation_id="trading_kill_switch")
    def get(self, request: Request) -> Response:
        """Whether the kill switch is pulled, and what is still open at the exchange."""
        return _switch()

    @extend_schema(
        request=given.PullSerializer,
        responses={202: given.SwitchStateSerializer},
        examples=[given.PULL],
        tags=TAG,
        operation_id="trading_kill_switch_pull",
    )
    def post(self, request: Request) -> Response:
        """Stop all trading at once: no order is placed, open ones are cancelled, runs are paused."""
        data = valid_data(given.PullSerializer(data=request.data))
        killing.pull(person(request), reason=data["reason"])
        return _switch(status.HTTP_202_ACCEPTED)

    @extend_schema(
        request=None,
        responses=given.SwitchStateSerializer,
        tags=TAG,
        operation_id="trading_kill_switch_release",
    )
    def delete(self, request: Request) -> Response:
        """Let go. Paused runs go on when somebody resumes them. Administrators only."""
        killing.release(person(request))
        return _switch()


class AccountView(APIView):
    @extend_schema(responses=given.LiveAccountSerializer, tags=TAG, operation_id="trading_account")
    def get(self, request: Request, pk: UUID) -> Response:
        """A live portfolio's account, and where the exchange says otherwise than the books."""
        user = person(request)
        account = LiveAccount.objects.visible_to(user).filter(portfolio=find_portfolio(user, pk)).first()
        if account is None:
            raise NotFound("This portfolio has no account at the exchange, or none that you may see.")
        return Response(given.LiveAccountSerializer(account).data)

    @extend_schema(
        request=given.ConnectSerializer,
        responses=given.LiveAccountSerializer,
        examples=[given.CONNECT],
        tags=TAG,
        operation_id="trading_account_set",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Store an account's keys, encrypted; they are never shown again."""
        data = valid_data(given.ConnectSerializer(data=request.data))
        account = accounts.set_account(person(request), pk, **data)
        return Response(given.LiveAccountSerializer(account).data)

    @extend_schema(request=None, responses={204: None}, tags=TAG, operation_id="trading_account_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Forget the keys. Not while orders of the account are open."""
        accounts.delete_account(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PayoutView(APIView):
    @extend_schema(
        request=given.PayoutSerializer,
        responses=given.LiveAccountSerializer,
        examples=[given.PAYOUT],
        tags=TAG,
        operation_id="trading_account_payout",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Book the end of a live position in a resolved market: redeemed, or lost."""
        data = valid_data(given.PayoutSerializer(data=request.data))
        redeeming.book_payout(person(request), pk, data["token"])
        return Response(given.LiveAccountSerializer(LiveAccount.objects.get(portfolio=pk)).data)


class CancelLiveOrderView(APIView):
    @extend_schema(request=None, responses={202: None}, tags=TAG, operation_id="trading_live_order_cancel")
    def post(self, request: Request, pk: UUID) -> Response:
        """Have a live order cancelled; it is open until the exchange says that it is not."""
        stopping.cancel_order(person(request), pk)
        return Response(status=status.HTTP_202_ACCEPTED)


def _locks(request: Request, pk: UUID) -> Response:
    found = locks_of(find_workflow(person(request), pk, Access.VIEWER))
    return Response(given.LocksSerializer(found).data)


def _switch(answer: int = status.HTTP_200_OK) -> Response:
    switch = switch_now()
    told: dict[str, Any] = {
        "is_pulled": switch is not None,
        "switch": switch,
        "open_orders": still_open(),
    }
    return Response(given.SwitchStateSerializer(told).data, status=answer)
