"""Rules for what is found out: the situation, threats, resources and options."""

from __future__ import annotations

from typing import Final

from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain.offline.facts import Facts, Made, advice, dicts, points, said
from trading.strategy.domain.offline.options import OPTIONS, Option
from trading.strategy.domain.vocabulary import StepType


def situation(facts: Facts) -> Made:
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
        "summary": said(f"Where {name} stands", *first, *money),
        "strengths": points(good),
        "weaknesses": points(bad),
        "unknowns": points([f"Nothing was given about its {each}." for each in gaps]),
    }
    if earns:
        return output, [
            advice(facts, "Keep what brings the money in", "The journal shows a surplus.", "journal.flow.net")
        ]
    if net is not None:
        title = "Find out where the money goes"
        return output, [advice(facts, title, "The journal shows no surplus.", "journal.flow.net")]
    title = "Let a director connect a character"
    return output, [advice(facts, title, "Without its journal nothing is known of the money.")]


def threats(facts: Facts) -> Made:
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
        "summary": said(f"{len(found)} of the threats that these rules know are seen", gravest),
        "threats": threats or [nothing],
    }
    return output, [advice(facts, f"Meet this: {each[0].lower()}", each[4], each[1]) for each in found[:3]]


_RESOURCES: Final = (
    ("Money", "wallets.wallet.total", "free", "It can be spent at once."),
    ("Assets", "assets.assets.worth", "unknown", "Worth is by EVE's adjusted prices; selling takes time."),
    ("Members", "members.members", "unknown", "How many of them are active the number does not say."),
    ("Members", "corporation.members", "unknown", "How many of them are active the number does not say."),
    ("Industry", "jobs.jobs.active", "bound", "What is being built comes free when it is delivered."),
    ("Goods on sale", "orders.orders.sell", "bound", "They become money when somebody buys them."),
    ("Escrow", "orders.orders.escrow", "bound", "It is held back until orders are filled or cancelled."),
)


def resources(facts: Facts) -> Made:
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
        "summary": said(f"{len(rows)} kinds of resources are known", *free),
        "resources": listed,
    }
    if facts.number("jobs.jobs.ready"):
        title, about = "Deliver the jobs that are ready", "jobs.jobs.ready"
        return output, [advice(facts, title, "They bind slots and goods until then.", about)]
    return output, []


def options(facts: Facts) -> Made:
    chosen = chosen_options(facts)
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
        "summary": said(f"{len(chosen)} courses of action", "One of them is to go on as now"),
        "options": listed,
    }
    return output, []


def chosen_options(facts: Facts) -> list[Option]:
    """To go on as now, what saves where money is lost, and the two that fit everybody."""
    net = facts.number("journal.flow.net")
    loses = any(
        each.get("name") == "Money runs out" for each in dicts(facts.output_of(StepType.THREATS), "threats")
    )
    saving = loses or (net is not None and net < 0)
    return [each for each in OPTIONS.values() if each.always or saving]
