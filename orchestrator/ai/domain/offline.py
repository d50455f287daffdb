"""The offline provider: fixed rules in place of a model. The same question always gets the same answer.

It reads no more into a text than words: it counts them, knows some that people use when they are pleased
or annoyed, and fits what it finds into the schema that is asked for. It is labelled wherever it answers.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject

LABEL: Final = "[offline rules, not a model]"
MAX_DEPTH: Final = 8
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]?")
_WORD: Final = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'-]+")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_GOOD: Final = _set_of(
    "great good excellent love loved thanks thank happy perfect wonderful fast helpful pleased works"
)
_BAD: Final = _set_of(
    "bad broken angry refund terrible late missing never wrong worst slow fail failed fails error cancel "
    "complaint damaged disappointed unacceptable urgent waiting"
)
_URGENT: Final = _set_of("urgent asap immediately now today deadline emergency critical")
_COMMON: Final = _set_of(
    "the and for that this with you your from have has are was were will would can could not but our they "
    "their them its into about which what when where who how please write answer following text json one "
    "than then there here been being also more most some any all each does did had him her his she only "
    "give make say tell into over under out own same such very just"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules find in a text."""

    text: str
    words: tuple[str, ...]
    sentences: tuple[str, ...]
    mood: int
    is_urgent: bool

    @property
    def sentiment(self) -> str:
        return "negative" if self.mood < 0 else "positive" if self.mood > 0 else "neutral"

    def keywords(self, count: int = 5) -> list[str]:
        found = Counter(word for word in self.words if len(word) > 3 and word not in _COMMON)
        return [word for word, _ in sorted(found.items(), key=lambda each: (-each[1], each[0]))[:count]]

    def summary(self, length: int = 240) -> str:
        """The sentence with most of the frequent words."""
        frequent = set(self.keywords(8))
        best = max(
            self.sentences,
            key=lambda sentence: len(frequent & set(_words(sentence))),
            default=self.text.strip(),
        )
        return best if len(best) <= length else best[: length - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Answered:
    text: str
    confidence: float


def answer(question: str, schema: JsonObject | None) -> Answered:
    """Confidence rises with the number of words that the rules recognised, and stays below 0.9."""
    reading = read(question)
    known = sum(word in _GOOD or word in _BAD or word in _URGENT for word in reading.words)
    confidence = round(min(0.9, 0.4 + 0.1 * min(known, 4) + (0.1 if reading.keywords() else 0)), 2)
    if schema is None:
        return Answered(f"{LABEL} {_told(reading)}", confidence)
    data = Fitting(reading, schema, confidence).value(schema)
    return Answered(json.dumps(data).decode(), confidence)


def read(text: str) -> Reading:
    words = tuple(_words(text))
    mood = sum(word in _GOOD for word in words) - sum(word in _BAD for word in words)
    sentences = tuple(found.strip() for found in _SENTENCE.findall(text) if len(found.strip()) > 2)
    return Reading(text, words, sentences, mood, any(word in _URGENT for word in words))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _told(reading: Reading) -> str:
    about = ", ".join(reading.keywords()) or "nothing in particular"
    urgent = " and urgent" if reading.is_urgent else ""
    return f"It is about {about}; the tone is {reading.sentiment}{urgent}. In short: {reading.summary()}"


@dataclass(frozen=True, slots=True)
class Fitting:
    """Values for schemas, from what was read. Simple schemas are met; others may need asking again."""

    reading: Reading
    root: JsonObject
    confidence: float

    def value(self, given: Any, name: str = "", depth: int = 0) -> Json:
        schema = _resolved(given, self.root)
        for fixed in ("const", "default"):
            if fixed in schema:
                chosen: Json = schema[fixed]
                return chosen
        if schema.get("enum"):
            return _choose(schema["enum"], self.reading)
        if depth > MAX_DEPTH:
            return None
        return self._of_type(_type_of(schema), schema, name, depth)

    def _of_type(self, kind: str, schema: dict[str, Any], name: str, depth: int) -> Json:
        match kind:
            case "object":
                parts = schema.get("properties") or {}
                return {key: self.value(part, key, depth + 1) for key, part in parts.items()}
            case "array":
                return self._list(schema, name, depth)
            case "boolean":
                return _yes(self.reading, name)
            case "integer" | "number":
                return self._number(schema, name)
            case "null":
                return None
        return _string(schema, self.reading, name)

    def _list(self, schema: dict[str, Any], name: str, depth: int) -> list[Json]:
        items = _resolved(schema.get("items", {"type": "string"}), self.root)
        least, most = int(schema.get("minItems", 0)), int(schema.get("maxItems", 5))
        if items.get("type", "string") == "string" and "enum" not in items:
            words: list[Json] = list(self.reading.keywords(most))
            return words + ["—"] * (least - len(words))
        return [self.value(items, name, depth + 1)] * max(least, min(1, most))

    def _number(self, schema: dict[str, Any], name: str) -> Json:
        if name == "confidence":
            return self.confidence
        found = _NUMBER.search(self.reading.text)
        value = float(found.group()) if found and len(found.group()) < 16 else float(len(self.reading.words))
        value = max(value, float(schema.get("minimum", value)))
        value = min(value, float(schema.get("maximum", value)))
        return round(value) if schema.get("type") == "integer" else value


def _type_of(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return str(next((each for each in kind if each != "null"), "null") if isinstance(kind, list) else kind)


def _resolved(schema: Any, root: JsonObject) -> dict[str, Any]:
    for _ in range(MAX_DEPTH):
        if not isinstance(schema, dict):
            return {}
        if isinstance(schema.get("$ref"), str):
            schema = _pointed(root, schema["$ref"])
        elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = {**{key: part for key, part in schema.items() if key[-2:] != "Of"}, **_first(options)}
        else:
            return schema
    return {}


def _first(options: Any) -> dict[str, Any]:
    chosen = [each for each in options if isinstance(each, dict) and each.get("type") != "null"]
    return chosen[0] if chosen else {"type": "null"}


def _pointed(root: JsonObject, reference: str) -> Any:
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found.get(part, {}) if isinstance(found, dict) and part else found
    return found


def _choose(options: list[Json], reading: Reading) -> Json:
    """The only option that the text names, else one that says its mood or urgency, else the middle one."""
    texts = {str(option).lower(): option for option in options}
    lowered = reading.text.lower()
    named = [word for word in texts if re.search(rf"\b{re.escape(word.replace('_', ' '))}\b", lowered)]
    if len(named) == 1:
        return texts[named[0]]
    found = next((texts[hint] for hint in _hints(reading) if hint in texts), None)
    return found if found is not None else options[len(options) // 2]


def _hints(reading: Reading) -> list[str]:
    """Words that options often are, the fitting ones first."""
    pressing = ["urgent", "high", "critical"] if reading.is_urgent else []
    match reading.sentiment:
        case "negative":
            return [*pressing, "negative", "bad", "complaint", "reject", "high", "review", "medium"]
        case "positive":
            return [*pressing, "positive", "good", "praise", "approve", "low", "yes"]
    return [*pressing, "neutral", "normal", "medium", "question", "other", "review"]


def _yes(reading: Reading, name: str) -> bool:
    if "urgent" in name or "escalate" in name:
        return reading.is_urgent or reading.mood < -1
    return reading.mood >= 0


def _string(schema: dict[str, Any], reading: Reading, name: str) -> str:
    patterns = {"email": _EMAIL, "date": _DATE}
    pattern = patterns.get(str(schema.get("format"))) or (_EMAIL if "email" in name else None)
    if pattern is not None and (found := pattern.search(reading.text)):
        return found.group()
    if "sentiment" in name or "tone" in name:
        return reading.sentiment
    text = f"{LABEL} {reading.summary(200)}" if "summary" in name or "reply" in name else reading.summary(120)
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 10_000))
    return text[:most].ljust(least, ".")
