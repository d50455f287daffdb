"""Pages of pattern workspaces."""
