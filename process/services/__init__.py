"""Every write to guided processes."""
