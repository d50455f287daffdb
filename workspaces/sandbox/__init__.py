"""Where algorithms run: a process of their own that can compute, and nothing else (ADR 24)."""

from workspaces.sandbox.outside import Ask, Limits, Refused, SandboxMissing, describe, run

__all__ = ["Ask", "Limits", "Refused", "SandboxMissing", "describe", "run"]
