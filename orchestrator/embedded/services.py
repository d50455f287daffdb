"""PostgreSQL and Redis for a command: the person's own where named in the environment, else local ones."""

import os
from collections.abc import Mapping
from pathlib import Path

from orchestrator.embedded import locations
from orchestrator.embedded.console import Stopwatch
from orchestrator.embedded.external import check_database, check_redis
from orchestrator.embedded.postgres import EmbeddedPostgres
from orchestrator.embedded.redis import EmbeddedRedis
from orchestrator.embedded.service import Service
from orchestrator.embedded.spawn import scrubbed
from orchestrator.embedded.supervisor import Supervisor


def environment_for(urls: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """Our environment for a child; libpq's variables in it were not meant for our own database."""
    ours = urls["DATABASE_URL"] == locations.default_database_url(data_dir)
    return scrubbed(os.environ) if ours else dict(os.environ)


def start_services(
    supervisor: Supervisor, data_dir: Path, *, durable: bool, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return DATABASE_URL and REDIS_URL of services that answer.

    Those given are checked, the others started side by side. Raises EmbeddedError or StopRequested.
    """
    urls = {}
    local: list[Service] = []
    for variable, check, service in (
        ("DATABASE_URL", check_database, EmbeddedPostgres(data_dir, durable=durable)),
        ("REDIS_URL", check_redis, EmbeddedRedis(data_dir)),
    ):
        if given := environ.get(variable):
            watch = Stopwatch()
            supervisor.console.step(check(given), watch.seconds)
            urls[variable] = given
        else:
            local.append(service)
            urls[variable] = service.url
    supervisor.wait_ready([supervisor.start(service) for service in local])
    return urls
