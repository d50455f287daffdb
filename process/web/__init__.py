"""The pages on which people step through a process."""
