"""The git repository of each workspace's algorithm: the server's own, reached by ids and never by a name."""

from workspaces.repositories.git import RepositoryError
from workspaces.repositories.store import Author, Repository
from workspaces.repositories.worktree import PARAMETERS, BadTree, Tree, read_tree, write_tree

__all__ = [
    "PARAMETERS",
    "Author",
    "BadTree",
    "Repository",
    "RepositoryError",
    "Tree",
    "read_tree",
    "write_tree",
]
