"""The values that CEL's literals stand for."""

from __future__ import annotations

import math
import re

_ESCAPE = re.compile(
    r"""\\(?:
        (?P<plain>[abfnrtv\\'"`?])
      | [xX](?P<byte>[0-9a-fA-F]{2})
      | u(?P<short>[0-9a-fA-F]{4})
      | U(?P<long>[0-9a-fA-F]{8})
      | (?P<octal>[0-3][0-7]{2})
      | (?P<wrong>.?)
    )""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SURROGATE_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_CODE_POINT = 0x10FFFF


class BadLiteral(ValueError):
    """The literal cannot be read; the message is a sentence."""


def read_string(token: str) -> str:
    """The text of a string literal, given with its quotes and prefix."""
    raw = token[0] in "rR"
    quoted = token[1:] if raw else token
    width = 3 if quoted[:3] in ('"""', "'''") else 1
    text = quoted[width:-width]
    if not raw:
        text = _ESCAPE.sub(_unescape, text)
        text = _SURROGATE_PAIR.sub(_join_surrogates, text)
    if _SURROGATE.search(text):
        raise BadLiteral("This string holds half of a surrogate pair, which is not a character.")
    return text


def read_number(token: str) -> int | float:
    """An int for whole literals, else a float. CEL's suffix ``u`` has no meaning in JSON and is dropped."""
    text = token.rstrip("uU")
    if text[:2] in ("0x", "0X"):
        return int(text, 16)
    if text.isdigit():
        return int(text)
    number = float(text)
    if math.isinf(number):
        raise BadLiteral("This number is too large.")
    return number


def _unescape(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind == "plain":
        return _PLAIN.get(text, text)
    if kind == "wrong":
        raise BadLiteral(f"\\{text} is not an escape sequence; write \\\\ for a backslash.")
    code = int(text, 8 if kind == "octal" else 16)
    if code > _LAST_CODE_POINT:
        raise BadLiteral(f"There is no character U+{code:X}.")
    return chr(code)


def _join_surrogates(match: re.Match[str]) -> str:
    return match[0].encode("utf-16", "surrogatepass").decode("utf-16")
