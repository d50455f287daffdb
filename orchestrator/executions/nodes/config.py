"""What configurations of node types have in common."""

from pydantic import BaseModel, ConfigDict


class NodeConfig(BaseModel):
    """Unknown fields are refused, so that a misspelt one is noticed when the workflow is saved."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
