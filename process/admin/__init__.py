"""Guided processes in the Django admin: authored as drafts; of people's sessions only where they stand."""

from process.admin import looking, parts, prompt_packs, versions

__all__ = ["looking", "parts", "prompt_packs", "versions"]
