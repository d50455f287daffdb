"""How pages say what became of recommendations."""

from __future__ import annotations

from typing import Final

from django import template

from orchestrator.core.templatetags.display import share
from trading.strategy.domain.calibration import FEW, Calibration, Verdict

register = template.Library()

_STATUS: Final = {"proposed": "waiting", "accepted": "running", "dismissed": "muted", "done": "accent"}
_OUTCOME: Final = {"success": "good", "partial": "waiting", "failure": "bad"}
_JUDGEMENT: Final = {
    "accept": "Accept",
    "dismiss": "Dismiss",
    "done": "Carried out",
    "reopen": "Think again",
}
_ICON: Final = {"accept": "check", "dismiss": "x", "done": "flag", "reopen": "rotate-ccw"}
_VERDICT: Final = {
    Verdict.OVERCONFIDENT: "More confident than what came true allows.",
    Verdict.UNDERCONFIDENT: "Less confident than what came true allows.",
    Verdict.UNREMARKABLE: "The confidence lies within what these cases allow.",
}


@register.filter
def status_tone(status: str) -> str:
    return _STATUS.get(status, "muted")


@register.filter
def outcome_tone(outcome: str) -> str:
    return _OUTCOME.get(outcome, "muted")


@register.filter
def judgement_words(judgement: str) -> str:
    return _JUDGEMENT.get(str(judgement), str(judgement))


@register.filter
def judgement_icon(judgement: str) -> str:
    return _ICON.get(str(judgement), "circle")


@register.filter
def calibration_words(found: Calibration) -> str:
    cases = f"{found.count} case" if found.count == 1 else f"{found.count} cases"
    if found.verdict is Verdict.TOO_FEW:
        return f"{cases}: too few to say anything. From {FEW} on it is worth a look."
    said = f"{cases}, {share(found.confidence)} confident, {share(found.came_true)} came true."
    return f"{said} {_VERDICT[found.verdict]}"
