"""The life of an execution, over every pair of statuses."""

from __future__ import annotations

from itertools import product

import pytest

from orchestrator.executions.domain.status import FINAL, LIVE, IllegalTransition, Status, check_transition

LEGAL = {
    (Status.PENDING, Status.RUNNING),
    (Status.WAITING, Status.RUNNING),
    (Status.PAUSED, Status.RUNNING),
    *((Status.RUNNING, target) for target in Status if target is not Status.PENDING),
}


@pytest.mark.parametrize(("current", "target"), list(product(Status, Status)))
def test_every_pair_of_statuses_is_either_legal_or_refused(current: Status, target: Status) -> None:
    if (current, target) in LEGAL:
        check_transition(current, target)
    else:
        with pytest.raises(IllegalTransition, match=f"A {current} execution cannot become {target}"):
            check_transition(current, target)


def test_final_and_live_statuses_are_all_of_them() -> None:
    assert set(Status) == FINAL | LIVE
    assert not FINAL & LIVE
