"""What is done with workspaces: each step one transaction, with its message in the timeline."""
