"""Requests that are measured one after the other, each beside its queries, and the table of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from django.http.response import HttpResponseBase
from django.test.utils import override_settings

from orchestrator.executions.bench.clients import measure_requests
from orchestrator.executions.bench.figures import Figure

QUERIES: Final = ": its queries"
CPU: Final = ": its CPU"

Asked = Mapping[str, Callable[[], HttpResponseBase]]
"""What is asked, by what it is called."""


def figures_of(system: str, asked: Asked, *, times: int) -> Iterator[Figure]:
    """Three figures each: the whole request, what its queries took of it, and of this process's CPU."""
    with override_settings(DEBUG=False):
        for name, ask in asked.items():
            measured = measure_requests(ask, times=times)
            yield Figure(system, name, "ms", measured.whole)
            yield Figure(system, name + QUERIES, "ms", measured.queries)
            yield Figure(system, name + CPU, "ms", measured.cpu)


def request_table(
    figures: Iterable[Figure], wanted: Mapping[str, int | None], about: str, *, by_system: bool = False
) -> str:
    """What was measured of what is wanted, and under which conditions; ``about`` says of how much."""
    known = {(each.system, each.workload): each for each in figures}
    lines = [
        "One request after the other, in one process, without the network; milliseconds.",
        about,
        f"{os.cpu_count()} CPUs, load average {os.getloadavg()[0]:.1f}, of which the measuring itself is 1.",
        f"{'':<40}{'wanted':>8}{'p50':>8}{'p95':>8}   its queries:{'p50':>6}{'p95':>8}"
        f"   its CPU:{'p50':>6}{'p95':>8}",
    ]
    for (system, name), whole in known.items():
        if name in wanted:
            queries, cpu = known[system, name + QUERIES], known[system, name + CPU]
            title = f"{system}: {name}" if by_system else name
            lines.append(
                f"{title:<40}{wanted[name] or '':>8}{whole.median:>8.1f}{whole.p95:>8.1f}"
                f"{queries.median:>21.1f}{queries.p95:>8.1f}{cpu.median:>17.1f}{cpu.p95:>8.1f}"
            )
    return "\n".join(lines)
