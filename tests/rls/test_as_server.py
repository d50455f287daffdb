"""Where the policies are lifted for a moment: every place is named here, with what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import orchestrator

USES = {
    "orchestrator/accounts/services/keys.py": 1,  # a key by its hash says who the person is
    "orchestrator/ai/services/ledger.py": 2,  # limits count all calls; people write neither calls nor budgets
    "orchestrator/executions/services/cleaning.py": 1,  # an admin deletes old runs of all, unseen
    "orchestrator/executions/services/notifications/browsers.py": 1,  # it may have been another's before
    "orchestrator/executions/services/operations.py": 1,  # staff look at the platform as a whole
    "orchestrator/executions/services/receiving.py": 2,  # a webhook by its secret; what it brought is kept
    "orchestrator/executions/web/hub.py": 1,  # the feed is read once for all sockets
    "orchestrator/executions/web/metrics.py": 1,  # counts the runs of everybody
    "process/queries/figures.py": 1,  # counts how people fare, over everybody, and tells of no one or two
    "process/queries/helping.py": 1,  # a run of the server's workflows is seen by whom it is for, as one word
    "process/services/helping.py": 1,  # and are run for people who do not see them
    "trading/queries/locks.py": 2,  # sums over all who trade with a workflow, naming nobody
    "trading/queries/recording.py": 1,  # the feed's figures, for the platform
    "trading/strategy/admin.py": 1,  # that sessions exist and what they cost, not what is in them
    "trading/strategy/queries/spending.py": 1,  # what a session cost, for whoever sees the session
    "trading/services/markets.py": 3,  # markets are everybody's, and nobody's to write
    "trading/strategy/queries/session_page.py": 1,  # what its steps cost, for who reads the session
    "trading/strategy/services/reviewing.py": 2,  # answers for a run, and its graph, that need not be seen
    "trading/strategy/services/sessions.py": 4,  # sessions are run for people who see no such workflow
    "orchestrator/workflows/services/builtin.py": 1,  # these workflows are the server's
    "orchestrator/workflows/services/templates.py": 1,  # counts whoever uses a template
    "workspaces/services/coding/sending.py": 3,  # coding runs, for people who see no such workflow
    "workspaces/services/deployments/receiving.py": 1,  # a webhook by its signature
}


def test_the_policies_are_lifted_nowhere_else() -> None:
    root = Path(orchestrator.__file__).parents[1]
    found = {
        path.relative_to(root).as_posix(): len(re.findall(r"with .*as_server\(", path.read_text()))
        for package in ("orchestrator", "process", "workspaces", "trading")
        for path in (root / package).rglob("*.py")
    }
    assert {path: uses for path, uses in found.items() if uses} == USES
