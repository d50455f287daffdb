"""How each process connects to PostgreSQL, and which pages read from a replica."""

from typing import Any

import dj_database_url

from orchestrator.config import Config

# Names of views whose GETs may read from the replica: lists and analytics, which may lag behind a little.
REPLICA_VIEWS = (
    "analytics:",
    "api:analytics-",
    "api:approval-list",
    "api:event-list",
    "api:execution-list",
    "api:workflow-list",
    "approvals:list",
    "events:export",
    "events:list",
    "executions:list",
    "executions:of-workflow",
    "executions:rows",
    "workflows:list",
)


def databases(config: Config) -> dict[str, Any]:
    """``default``, and ``replica`` where this process reads from one."""
    found = {"default": _database(config, config.database_of_this_process)}
    if config.replica_of_this_process:
        found["replica"] = _database(config, config.replica_of_this_process) | {"TEST": {"MIRROR": "default"}}
    return found


def _database(config: Config, url: str) -> dict[str, Any]:
    parsed: dict[str, Any] = dict(dj_database_url.parse(url, engine="orchestrator.core.postgres"))
    pool: dict[str, float] | bool = bool(config.database_pool) and {
        "min_size": min(config.database_pool_min, config.database_pool),
        "max_size": config.database_pool,
        "timeout": config.database_pool_timeout_seconds,
    }
    return {
        **parsed,
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **parsed.get("OPTIONS", {}), "pool": pool},
    }
