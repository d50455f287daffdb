"""The person's choice of who may help with the writing, and the record of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.ai.domain.catalog import OFFLINE, PROVIDERS
from orchestrator.ai.queries import ProviderState, providers_for
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from process.domain.vocabulary import NO_HELP
from process.models import Assistance, Session
from process.services.journeys import lock_session


def chosen_provider(session: Session) -> str:
    """``off``, ``offline`` or a provider. Nothing goes over a network that the person did not choose."""
    chosen = Assistance.objects.filter(session=session).values_list("provider", flat=True).first()
    return chosen or OFFLINE


def title_of(provider: str) -> str:
    info = PROVIDERS.get(provider)
    return info.title if info else "No help"


def providers_to_choose(user: User) -> Sequence[ProviderState]:
    """Those that have a key, the person's or the server's; the offline rules need none."""
    return [state for state in providers_for(user) if state.is_available]


@transaction.atomic
def choose_assistance(user: User, session_id: UUID, *, provider: str) -> Assistance:
    """Who helps from now on. Raises NotFound, NotAllowed, InvalidInput about ``provider``."""
    place = lock_session(user, session_id)
    known = {NO_HELP, *(state.info.name for state in providers_to_choose(user))}
    if provider not in known:
        message = f"There is no such helper here. Choose one of {', '.join(sorted(known))}."
        raise InvalidInput(message, fields={"provider": [message]})
    chosen, _ = Assistance.objects.update_or_create(
        session=place.session, defaults={"provider": provider, "chosen_at": utc_now()}
    )
    record_audit(user, "process_session.helper_chosen", place.session, after={"provider": provider})
    return chosen
