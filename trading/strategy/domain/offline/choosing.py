"""Rules for what is chosen of it: the matrix, the recommendation and the plan."""

from __future__ import annotations

from decimal import Decimal

from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain.answers import STEP
from trading.strategy.domain.offline.facts import LABEL, Facts, Made, advice, dicts, said
from trading.strategy.domain.offline.finding import chosen_options
from trading.strategy.domain.offline.options import CRITERIA, OPTIONS
from trading.strategy.domain.vocabulary import StepType


def matrix(facts: Facts) -> Made:
    given = dicts(facts.output_of(StepType.OPTIONS), "options")
    options = [(str(each.get("name")), str(each.get("risk", "medium"))) for each in given if each.get("name")]
    options = options[:20] or [(each.name, each.risk) for each in chosen_options(facts)]
    criteria: list[Json] = [
        {"name": name, "description": description, "weight": weight}
        for name, (description, weight) in CRITERIA.items()
    ]
    source = next(iter(facts.texts("journal.flow.net", "wallets.wallet.total")), "")[:300]
    scores: list[Json] = [
        {
            "option": name,
            "criterion": criterion,
            "score": _score(name, risk, criterion),
            "reason": _reason(name, risk, criterion),
            "source": source,
        }
        for name, risk in options
        for criterion in CRITERIA
    ]
    about: list[Json] = [
        {"name": name, "description": OPTIONS[name].description if name in OPTIONS else name}
        for name, _ in options
    ]
    output: JsonObject = {
        "summary": said(f"{len(options)} options are scored by {len(CRITERIA)} criteria"),
        "options": about,
        "criteria": criteria,
        "scores": scores,
    }
    return output, []


def _score(name: str, risk: str, criterion: str) -> float:
    known = OPTIONS.get(name)
    if criterion == "Safety":
        return {"low": 8.0, "medium": 5.0, "high": 2.0}.get(risk, 5.0)
    return float(known.scores[criterion]) if known is not None else 5.0


def _reason(name: str, risk: str, criterion: str) -> str:
    if criterion == "Safety":
        return f"{LABEL} Its risk was judged {risk}."
    return f"{LABEL} {'From the table of these rules.' if name in OPTIONS else 'Not known to these rules.'}"


def recommendation(facts: Facts) -> Made:
    ranked = _ranked(facts.output_of(StepType.MATRIX))
    if not ranked:
        ranked = [(each.name, Decimal(0)) for each in chosen_options(facts)]
    best, total = ranked[0]
    second = ranked[1] if len(ranked) > 1 else None
    tie = second is not None and second[1] == total
    reason = f"It has the highest total, {total:.2f} of 10"
    if tie and second is not None:
        reason = f"It shares the highest total, {total:.2f} of 10, with {second[0]}"
    otherwise = "Nothing else was scored"
    if second is not None:
        otherwise = f"{second[0]} comes next with {second[1]:.2f}: other weights may put it first"
    output: JsonObject = {
        "summary": said(f"Recommended: {best}", reason),
        "chosen": best,
        "reason": said(reason),
        "otherwise": said(otherwise),
    }
    detail = OPTIONS[best].description if best in OPTIONS else reason + "."
    return output, [advice(facts, best, detail, *_matrix_names(facts), "journal.flow.net")]


def _matrix_names(facts: Facts) -> list[str]:
    return [f"{STEP}.{each.name}" for each in facts.question.earlier if each.step_type == StepType.MATRIX]


def _ranked(output: JsonObject) -> list[tuple[str, Decimal]]:
    """Options by their weighted totals, the best first; equals in the order of their names."""
    weights = {
        str(each.get("name")): Decimal(str(each.get("weight", 0))) for each in dicts(output, "criteria")
    }
    whole = sum(weights.values()) or Decimal(1)
    totals = {str(each.get("name")): Decimal(0) for each in dicts(output, "options")}
    for each in dicts(output, "scores"):
        option, weight = str(each.get("option")), weights.get(str(each.get("criterion")), Decimal(0))
        if option in totals:
            totals[option] += weight * Decimal(str(each.get("score", 0))) / whole
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def plan(facts: Facts) -> Made:
    chosen = str(facts.output_of(StepType.RECOMMENDATION).get("chosen", ""))
    option = OPTIONS.get(chosen, next(iter(OPTIONS.values())))
    tasks: list[Json] = [
        {"name": name, "description": what, "role": role, "within_days": days, "measure": measure}
        for name, what, role, days, measure in option.tasks
    ]
    output: JsonObject = {
        "summary": said(f"{len(tasks)} tasks for: {chosen or option.name}"),
        "tasks": tasks,
    }
    first = option.tasks[0]
    return output, [advice(facts, first[0], f"{first[1]} Within {first[3]} days.", "wallets.wallet.total")]
