"""Versions on their way to where they are deployed: opened, handed over once, followed to their end."""
