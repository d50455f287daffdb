"""``{{ text|prose }}``: what an author wrote in a few marks of Markdown, as safe HTML.

Paragraphs, lists, ``**strong**``, ``*emphasis*``, code in backticks, ``[links](https://…)`` and bare
addresses. Everything else, HTML included, is shown as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

MOST: Final = 20_000
_INLINE: Final = re.compile(
    r"`(?P<code>[^`\n]{1,500})`"
    r"|\*\*(?P<strong>[^*\n]{1,500})\*\*"
    r"|\*(?P<em>[^*\s][^*\n]{0,500})\*"
    r"|\[(?P<label>[^\]\n]{1,300})\]\((?P<target>https?://[^\s()<>\"]{1,1000})\)"
    r"|(?P<url>https?://[^\s<>\"]{1,1000})"
)
_BULLET: Final = re.compile(r"\s{0,3}[-*]\s+")
_NUMBER: Final = re.compile(r"\s{0,3}\d{1,3}[.)]\s+")
_HEADING: Final = re.compile(r"#{1,6}\s+")
_TRAILING: Final = ".,;:!?)"


@register.filter
def prose(text: object) -> SafeString:
    """Text of a person, as HTML that holds nothing but what this module makes."""
    given = str(text or "")[:MOST].replace("\r\n", "\n")
    blocks = (block for block in re.split(r"\n\s*\n", given) if block.strip())
    return _joined(part for block in blocks for part in _block(block))


def _block(block: str) -> Iterator[SafeString]:
    for kind, lines in groupby(block.split("\n"), key=_kind):
        if kind in ("ul", "ol"):
            mark = _BULLET if kind == "ul" else _NUMBER
            items = _joined(
                format_html("<li>{}</li>", _inline(mark.sub("", line, count=1))) for line in lines
            )
            yield format_html("<ul>{}</ul>" if kind == "ul" else "<ol>{}</ol>", items)
        elif kind == "heading":
            for line in lines:
                yield format_html("<p><strong>{}</strong></p>", _inline(_HEADING.sub("", line, count=1)))
        else:
            br = mark_safe("<br>")
            yield format_html("<p>{}</p>", format_html_join(br, "{}", ((_inline(line),) for line in lines)))


def _kind(line: str) -> str:
    if _BULLET.match(line):
        return "ul"
    if _NUMBER.match(line):
        return "ol"
    return "heading" if _HEADING.match(line) else "p"


def _inline(text: str) -> SafeString:
    parts: list[SafeString] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts.append(format_html("{}", text[end : match.start()]))
        parts.append(_marked(match))
        end = match.end()
    return _joined([*parts, format_html("{}", text[end:])])


def _marked(match: re.Match[str]) -> SafeString:
    match match.lastgroup:
        case "code":
            return format_html('<code class="code-word">{}</code>', match["code"])
        case "strong":
            return format_html("<strong>{}</strong>", match["strong"])
        case "em":
            return format_html("<em>{}</em>", match["em"])
        case "target":
            return _link(match["target"], match["label"])
    address = match["url"].rstrip(_TRAILING)
    return format_html("{}{}", _link(address, address), match["url"][len(address) :])


def _link(url: str, text: str) -> SafeString:
    return format_html('<a class="link-plain" href="{}" rel="noopener noreferrer nofollow">{}</a>', url, text)


def _joined(parts: Iterator[SafeString] | list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
