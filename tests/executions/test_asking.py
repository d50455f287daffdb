"""Who is asked by an approval: the database's answer, the model's and the badge's are the same."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from orchestrator.accounts.models import Role, User
from orchestrator.executions.models import Approval
from orchestrator.executions.models.approval import EDITORS
from orchestrator.executions.queries.inbox import count_waiting
from orchestrator.workflows.access import access_of
from orchestrator.workflows.models import Access
from tests.factories import make_user, make_workflow, node, share, start

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("starter_may", [True, False])
@pytest.mark.parametrize(
    "addresses", [["user:ann"], ["role:user"], ["role:viewer"], [EDITORS], ["user:eve", EDITORS]]
)
def test_everybody_gets_the_same_answer_three_ways(
    drain: Callable[[], None], addresses: list[str], starter_may: bool
) -> None:
    people = {name: make_user(name) for name in ("ann", "eve", "owner", "stranger")}
    people |= {"vic": make_user("vic", role=Role.VIEWER), "admin": make_user("admin", role=Role.ADMIN)}
    flow = make_workflow(people["owner"], nodes=[node("ask", "human", {"approvers": ["user:nobody"]})])
    share(flow, people["ann"], Access.EDITOR)
    share(flow, people["vic"], Access.VIEWER)
    for starter in ("ann", "owner"):
        start(flow, user=people[starter])
    drain()
    Approval.objects.update(approvers=addresses, starter_may_approve=starter_may)
    approvals = list(Approval.objects.select_related("execution__workflow"))

    def edits(user: User) -> bool:
        return access_of(user, flow) in (Access.OWNER, Access.EDITOR)

    for user, approval in product(people.values(), approvals):
        asked = Approval.objects.asking(user).filter(pk=approval.pk).exists()
        assert approval.asks(user, edits=edits(user)) is asked, user
    for user in people.values():
        assert count_waiting(user) == Approval.objects.asking(user).count(), user
