"""Fixed rules in place of a model: the same facts always give the same answers, and each says that it is so.

They know the built-in step types. Steps that an author named are answered by the platform's offline rules,
which fit words of the question into the step's schema.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from orchestrator.ai.domain import offline
from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain.answers import STEP, Question, facts_by_name
from trading.strategy.domain.facts import Fact
from trading.strategy.domain.offline_options import CRITERIA, OPTIONS, Option
from trading.strategy.domain.steps import DEFINITIONS
from trading.strategy.domain.vocabulary import StepType

LABEL: Final = offline.LABEL


class Facts:
    """What a question tells, by name, and which of it was used."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.known = facts_by_name(question.sources)

    def get(self, name: str) -> Fact | None:
        found = self.known.get(name)
        return found[1] if found else None

    def number(self, name: str) -> Decimal | None:
        fact = self.get(name)
        try:
            return Decimal(str(fact.value)) if fact is not None and fact.value is not None else None
        except InvalidOperation:
            return None

    def texts(self, *names: str) -> list[str]:
        return [fact.text for name in names if (fact := self.get(name)) is not None]

    def under(self, prefix: str) -> list[tuple[str, Fact]]:
        return [(name, fact) for name, (_, fact) in self.known.items() if name.startswith(prefix)]

    def output_of(self, step_type: StepType) -> JsonObject:
        """What the last earlier step of this type found."""
        found = [each.output for each in self.question.earlier if each.step_type == step_type]
        return found[-1] if found else {}

    def cite(self, *names: str) -> list[Json]:
        """Of those that are known; without any, the first fact there is."""
        cited = [name for name in names if name in self.known] or list(self.known)[:1]
        return [
            {"kind": source.kind, "fact": fact.name} for source, fact in (self.known[each] for each in cited)
        ]


def answer(question: Question) -> JsonObject:
    """As a model would have answered: ``{output, confidence, recommendations}``."""
    facts = Facts(question)
    rule = _RULES.get(question.step_type)
    if rule is None or question.schema != _schema_of(question.step_type):
        return _fitted(question, facts)
    output, recommendations = rule(facts)
    return {
        "output": output,
        "confidence": _confidence(facts),
        "recommendations": list(recommendations),
    }


def _schema_of(step_type: str) -> JsonObject:
    return DEFINITIONS[StepType(step_type)].schema


def _confidence(facts: Facts) -> float:
    """Rules that look at few facts are never sure."""
    kinds = {source.kind for source in facts.question.sources if source.kind != STEP}
    return round(min(0.75, 0.35 + 0.08 * len(kinds)), 2)


def _fitted(question: Question, facts: Facts) -> JsonObject:
    told = " ".join(fact.text + "." for _, fact in facts.known.values())[:20_000]
    answered = offline.answer(f"{question.prompt}\n{told}", question.schema)
    output: Json = json.loads(answered.text)
    found: JsonObject = output if isinstance(output, dict) else {"answer": output}
    return {"output": found, "confidence": answered.confidence, "recommendations": []}


def _advice(facts: Facts, title: str, detail: str, *names: str) -> JsonObject:
    return {
        "title": title,
        "detail": f"{LABEL} {detail}",
        "confidence": _confidence(facts),
        "citations": facts.cite(*names),
    }


def _said(*sentences: str) -> str:
    return f"{LABEL} " + " ".join(f"{each.rstrip('.')}." for each in sentences if each)


def _points(texts: list[str]) -> list[Json]:
    return [{"point": each} for each in texts[:10]]


Made = tuple[JsonObject, list[JsonObject]]


def _situation(facts: Facts) -> Made:
    net, name = facts.number("journal.flow.net"), facts.question.corporation
    earns = net is not None and net > 0
    first = facts.texts("members.members", "corporation.members")[:1]
    money = facts.texts("wallets.wallet.total", "journal.flow.net")
    good = facts.texts("journal.flow.net") if earns else []
    good += facts.texts("alliance.alliance") if facts.number("alliance.founded") is not None else []
    good += facts.texts("wallets.wallet.total")
    bad = facts.texts("journal.flow.net") if net is not None and net <= 0 else []
    given = {source.kind for source in facts.question.sources}
    gaps = [
        kind for kind in ("members", "wallets", "journal", "assets", "jobs", "orders") if kind not in given
    ]
    output: JsonObject = {
        "summary": _said(f"Where {name} stands", *first, *money),
        "strengths": _points(good),
        "weaknesses": _points(bad),
        "unknowns": _points([f"Nothing was given about its {each}." for each in gaps]),
    }
    if earns:
        return output, [
            _advice(
                facts, "Keep what brings the money in", "The journal shows a surplus.", "journal.flow.net"
            )
        ]
    if net is not None:
        title = "Find out where the money goes"
        return output, [_advice(facts, title, "The journal shows no surplus.", "journal.flow.net")]
    title = "Let a director connect a character"
    return output, [_advice(facts, title, "Without its journal nothing is known of the money.")]


def _threats(facts: Facts) -> Made:
    found: list[tuple[str, str, str, str, str]] = []
    net = facts.number("journal.flow.net")
    if net is not None and net < 0:
        found.append(("Money runs out", "journal.flow.net", "high", "high", "Spend less than comes in."))
    war = facts.get("corporation.war")
    if war is not None and war.value == "yes":
        answer = "Keep valuable cargo off the known routes."
        found.append(("War is declared", "corporation.war", "medium", "high", answer))
    expiring = facts.number("orders.orders.expiring")
    if expiring:
        found.append(("Orders run out unnoticed", "orders.orders.expiring", "high", "low", "Renew them."))
    falling = [
        (moved, name)
        for name, _ in facts.under("history.history.")
        if (moved := facts.number(name)) is not None and moved < 0
    ]
    if falling:
        answer = "Sell earlier, or build something else."
        found.append(("Prices fall", min(falling)[1], "medium", "medium", answer))
    threats: list[Json] = [
        {
            "name": name,
            "description": f"{fact.text}." if (fact := facts.get(about)) else name,
            "likelihood": likelihood,
            "impact": impact,
            "response": response,
        }
        for name, about, likelihood, impact, response in found
    ]
    nothing: JsonObject = {
        "name": "Nothing that the rules know",
        "description": "None of the figures that these rules look at gives cause for alarm.",
        "likelihood": "low",
        "impact": "low",
        "response": "Look again when the data are newer.",
    }
    gravest = f"The first to look at: {found[0][0].lower()}" if found else "No figure gives cause for alarm"
    output: JsonObject = {
        "summary": _said(f"{len(found)} of the threats that these rules know are seen", gravest),
        "threats": threats or [nothing],
    }
    return output, [_advice(facts, f"Meet this: {each[0].lower()}", each[4], each[1]) for each in found[:3]]


_RESOURCES: Final = (
    ("Money", "wallets.wallet.total", "free", "It can be spent at once."),
    ("Assets", "assets.assets.worth", "unknown", "Worth is by EVE's adjusted prices; selling takes time."),
    ("Members", "members.members", "unknown", "How many of them are active the number does not say."),
    ("Members", "corporation.members", "unknown", "How many of them are active the number does not say."),
    ("Industry", "jobs.jobs.active", "bound", "What is being built comes free when it is delivered."),
    ("Goods on sale", "orders.orders.sell", "bound", "They become money when somebody buys them."),
    ("Escrow", "orders.orders.escrow", "bound", "It is held back until orders are filled or cancelled."),
)


def _resources(facts: Facts) -> Made:
    rows: dict[str, JsonObject] = {}
    for name, about, availability, note in _RESOURCES:
        fact = facts.get(about)
        if fact is not None and name not in rows:
            rows[name] = {"name": name, "amount": fact.text, "availability": availability, "note": note}
    unknown: JsonObject = {
        "name": "Unknown",
        "amount": "No figure was given",
        "availability": "unknown",
        "note": "Connect a character whose roles let it read them.",
    }
    listed: list[Json] = [*rows.values()] or [unknown]
    free = facts.texts("wallets.wallet.total")
    output: JsonObject = {
        "summary": _said(f"{len(rows)} kinds of resources are known", *free),
        "resources": listed,
    }
    if facts.number("jobs.jobs.ready"):
        title, about = "Deliver the jobs that are ready", "jobs.jobs.ready"
        return output, [_advice(facts, title, "They bind slots and goods until then.", about)]
    return output, []


def _options(facts: Facts) -> Made:
    chosen = _chosen_options(facts)
    listed: list[Json] = [
        {
            "name": each.name,
            "description": each.description,
            "gain": each.gain,
            "cost": each.cost,
            "risk": each.risk,
        }
        for each in chosen
    ]
    output: JsonObject = {
        "summary": _said(f"{len(chosen)} courses of action", "One of them is to go on as now"),
        "options": listed,
    }
    return output, []


def _chosen_options(facts: Facts) -> list[Option]:
    """To go on as now, what saves where money is lost, and the two that fit everybody."""
    net = facts.number("journal.flow.net")
    loses = any(
        each.get("name") == "Money runs out" for each in _dicts(facts.output_of(StepType.THREATS), "threats")
    )
    saving = loses or (net is not None and net < 0)
    return [each for each in OPTIONS.values() if each.always or saving]


def _matrix(facts: Facts) -> Made:
    given = _dicts(facts.output_of(StepType.OPTIONS), "options")
    options = [(str(each.get("name")), str(each.get("risk", "medium"))) for each in given if each.get("name")]
    options = options[:20] or [(each.name, each.risk) for each in _chosen_options(facts)]
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
        "summary": _said(f"{len(options)} options are scored by {len(CRITERIA)} criteria"),
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


def _recommendation(facts: Facts) -> Made:
    ranked = _ranked(facts.output_of(StepType.MATRIX))
    if not ranked:
        ranked = [(each.name, Decimal(0)) for each in _chosen_options(facts)]
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
        "summary": _said(f"Recommended: {best}", reason),
        "chosen": best,
        "reason": _said(reason),
        "otherwise": _said(otherwise),
    }
    detail = OPTIONS[best].description if best in OPTIONS else reason + "."
    return output, [_advice(facts, best, detail, *_matrix_names(facts), "journal.flow.net")]


def _matrix_names(facts: Facts) -> list[str]:
    return [f"{STEP}.{each.name}" for each in facts.question.earlier if each.step_type == StepType.MATRIX]


def _ranked(output: JsonObject) -> list[tuple[str, Decimal]]:
    """Options by their weighted totals, the best first; equals in the order of their names."""
    weights = {
        str(each.get("name")): Decimal(str(each.get("weight", 0))) for each in _dicts(output, "criteria")
    }
    whole = sum(weights.values()) or Decimal(1)
    totals = {str(each.get("name")): Decimal(0) for each in _dicts(output, "options")}
    for each in _dicts(output, "scores"):
        option, weight = str(each.get("option")), weights.get(str(each.get("criterion")), Decimal(0))
        if option in totals:
            totals[option] += weight * Decimal(str(each.get("score", 0))) / whole
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def _plan(facts: Facts) -> Made:
    chosen = str(facts.output_of(StepType.RECOMMENDATION).get("chosen", ""))
    option = OPTIONS.get(chosen, next(iter(OPTIONS.values())))
    tasks: list[Json] = [
        {"name": name, "description": what, "role": role, "within_days": days, "measure": measure}
        for name, what, role, days, measure in option.tasks
    ]
    output: JsonObject = {
        "summary": _said(f"{len(tasks)} tasks for: {chosen or option.name}"),
        "tasks": tasks,
    }
    first = option.tasks[0]
    return output, [_advice(facts, first[0], f"{first[1]} Within {first[3]} days.", "wallets.wallet.total")]


def _dicts(output: JsonObject, name: str) -> list[dict[str, Any]]:
    found = output.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


_RULES: Final[dict[str, Callable[[Facts], Made]]] = {
    StepType.SITUATION.value: _situation,
    StepType.THREATS.value: _threats,
    StepType.RESOURCES.value: _resources,
    StepType.OPTIONS.value: _options,
    StepType.MATRIX.value: _matrix,
    StepType.RECOMMENDATION.value: _recommendation,
    StepType.PLAN.value: _plan,
}
