"""What pages and the API read of workspaces, each in a fixed number of queries."""
