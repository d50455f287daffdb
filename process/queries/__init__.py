"""What pages, services and the API read of guided processes."""
