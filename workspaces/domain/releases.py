"""Version numbers of algorithms: what rises when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FORM: Final = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A semantic version of three numbers."""

    major: int = 0
    minor: int = 0
    patch: int = 0

    @classmethod
    def read(cls, text: str) -> Release:
        """Raises ValueError."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"“{text[:40]}” is no version number such as 0.2.1.")
        return cls(*(int(part) for part in found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def after_run(self) -> Release:
        """An accepted coding run."""
        return Release(self.major, self.minor, self.patch + 1)

    def after_approval(self) -> Release:
        return Release(self.major, self.minor + 1, 0)

    def after_verification(self) -> Release:
        """1.0.0 the first time; later verifications change nothing: what they verify has its number."""
        return self if self.major else Release(1, 0, 0)
