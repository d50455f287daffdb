"""Guided processes: staff author a graph of phases and prompts, people step through it in a browser."""
