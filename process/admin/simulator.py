"""The simulator of the admin: somebody's choices on the left, what they would meet on the right.

Nothing is stored. All that was chosen travels in the form, and each change walks the whole way anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse

from orchestrator.core.json import Json
from process.admin.places import findings_of, version_context
from process.domain.frames import Asked, Frame, Kind
from process.domain.journey import Scope
from process.domain.process import Process
from process.domain.simulating import Run, Script, simulate
from process.domain.vocabulary import FLAGS, PREFERENCES, ResponseFormat, ScopeType
from process.domain.wording import spoken
from process.models import ProcessVersion
from process.queries.compiled import process_of

_PAGE: Final = "admin/process/processversion/simulate.html"
_SHOWN_AROUND: Final = 60
_ANSWER, _FLAG = "a:", "f:"


@dataclass(frozen=True, slots=True)
class Field:
    """One prompt of the present screen, as a control of the form."""

    asked: Asked
    name: str
    said: list[str]
    """What the author typed or ticked; nothing where a stand-in answers."""

    @property
    def is_text(self) -> bool:
        return self.asked.prompt.format in {ResponseFormat.TEXT, ResponseFormat.VOICE}

    @property
    def is_tick(self) -> bool:
        return self.asked.prompt.format is ResponseFormat.CHECKBOX

    @property
    def is_choice(self) -> bool:
        return not (self.is_text or self.is_tick)

    @property
    def text(self) -> str:
        return self.said[0] if self.said else ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A row of the timeline."""

    number: int
    frame: Frame
    is_here: bool
    is_ahead: bool

    @property
    def title(self) -> str:
        return self.frame.section.name if self.frame.section else self.frame.node.name

    @property
    def note(self) -> str:
        if self.frame.kind is Kind.PASSED:
            return "passed over: nothing here is for this person"
        if self.frame.kind is Kind.MAP:
            return "back on the map of sections"
        if self.frame.skipped:
            return "left out"
        return "section" if self.frame.section else spoken(self.frame.node.behavior)


def simulator(admin: Any, request: HttpRequest, version: ProcessVersion) -> HttpResponse:
    """Also for versions in use, and for drafts with faults, of which it says what is wrong."""
    context = version_context(admin, request, version, "simulate", f"Simulate {version}")
    context |= findings_of(version)
    if "broken" not in context:
        given = request.POST if request.method == "POST" else None
        context |= _simulated(version, process_of(version), given)
    return TemplateResponse(request, _PAGE, context)


def _simulated(version: ProcessVersion, process: Process, given: QueryDict | None) -> dict[str, Any]:
    script = script_of(process, given)
    run = simulate(process, script)
    here = _here(run, given)
    stops = [Stop(at, frame, at == here, at > here) for at, frame in enumerate(run.frames)]
    first = max(0, here - _SHOWN_AROUND)
    shown = stops[first : here + _SHOWN_AROUND + 1]
    fields = _fields(stops[here].frame, given) if stops else []
    return {
        "run": run,
        "script": script,
        "scope": script.scope,
        "scopes": list(ScopeType),
        "flags": [_flag(version, name, script) for name in (*FLAGS, *process.flags)],
        "boundaries": [_flag(version, name, script) for name in PREFERENCES],
        "sections": [
            (each, script.sections is None or each.key in script.sections)
            for each in process.sections.values()
        ],
        "stops": shown,
        "before": first,
        "after": len(stops) - first - len(shown),
        "here": here,
        "number": here + 1,
        "total": len(stops),
        "stop": stops[here] if stops else None,
        "following": stops[here + 1] if here + 1 < len(stops) else None,
        "fields": fields,
        "carried": _carried(given, {field.name for field in fields}),
        "skips": _skips(script, stops[here].frame.node.key if stops else ""),
    }


def script_of(process: Process, given: QueryDict | None) -> Script:
    """What the form says. At first: a whole life, every flag and boundary a yes, all sections."""
    if given is None:
        names = (*FLAGS, *process.flags, *PREFERENCES)
        return Script(scope=Scope(ScopeType.WHOLE_LIFE.value), profile=dict.fromkeys(names, True))
    kind = given.get("scope_type", "")
    start, end = given.get("scope_start") or None, given.get("scope_end") or None
    scope = Scope(kind, given.get("scope_description", ""), start, end) if kind in set(ScopeType) else None
    names = (*FLAGS, *process.flags, *PREFERENCES)
    profile: dict[str, Json] = {name: given.get(f"{_FLAG}{name}") == "on" for name in names}
    return Script(
        scope=scope,
        profile=profile if given.get("profile") == "on" else None,
        answers=_answers(process, given),
        sections=frozenset(given.getlist("section")),
        skipped=frozenset(given.getlist("skip")),
        fills=given.get("fills") == "on" or given.get("go") == "end",
    )


def _answers(process: Process, given: QueryDict) -> dict[str, Json]:
    formats = {prompt.name: prompt.format for prompt in process.prompts.values()}
    answers: dict[str, Json] = {}
    for name in given:
        kind = formats.get(name.removeprefix(_ANSWER)) if name.startswith(_ANSWER) else None
        values = [value for value in given.getlist(name) if value]
        if kind is None or not values:
            continue
        answer: Json = values[0]
        if kind is ResponseFormat.MULTI_SELECT:
            answer = list(values)
        elif kind is ResponseFormat.CHECKBOX:
            answer = values[0] == "yes"
        answers[name.removeprefix(_ANSWER)] = answer
    return answers


def _here(run: Run, given: QueryDict | None) -> int:
    """The screen to look at: a number, or one further, one back, the first, the last."""
    last = len(run.frames) - 1
    at = _number(given.get("at")) if given else 0
    go = given.get("go", "") if given else ""
    wanted = {"first": 0, "back": at - 1, "forward": at + 1, "end": last}.get(go)
    if wanted is None:
        wanted = _number(go) if go else at
    return max(0, min(wanted, last))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _flag(version: ProcessVersion, name: str, script: Script) -> dict[str, Any]:
    labels = {flag["key"]: flag.get("label") for flag in version.profile_flags}
    words = labels.get(name) or spoken(name.removeprefix("has_")).capitalize()
    return {"name": f"{_FLAG}{name}", "key": name, "label": words, "on": (script.profile or {}).get(name)}


def _fields(frame: Frame, given: QueryDict | None) -> list[Field]:
    fields = []
    for asked in frame.asked:
        name = f"{_ANSWER}{asked.prompt.name}"
        said = [value for value in given.getlist(name) if value] if given else []
        fields.append(Field(asked, name, said))
    return fields


def _carried(given: QueryDict | None, shown: set[str]) -> list[tuple[str, str]]:
    """Answers to the prompts of other screens, kept in the form."""
    if given is None:
        return []
    names = [name for name in given if name.startswith(_ANSWER) and name not in shown]
    return [(name, value) for name in names for value in given.getlist(name) if value]


def _skips(script: Script, here: str) -> list[str]:
    """Phases that are left out, but for the present one, which has a tick of its own."""
    return sorted(key for key in script.skipped if key != here)
