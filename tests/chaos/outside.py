"""The scenario against another database than the test's own: ``python -m tests.chaos.outside start 20``.

Tests that crash PostgreSQL have a cluster of their own, which this process reaches by its environment.
"""

from __future__ import annotations

import sys

import django


def main() -> None:
    django.setup()
    from orchestrator.executions.models import Execution
    from tests.chaos.scenario import check_everything, start_runs, wait_until_done

    if sys.argv[1] == "start":
        start_runs(int(sys.argv[2]))
    else:
        wait_until_done(90)
        check_everything(list(Execution.objects.order_by("id")))


if __name__ == "__main__":
    main()
