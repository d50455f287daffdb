"""Nothing can be configured: what is worked on stands with the request that started the run."""

from orchestrator.executions.nodes.config import NodeConfig


class NoConfig(NodeConfig):
    """No field at all."""
