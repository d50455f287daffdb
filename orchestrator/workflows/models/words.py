"""Words to be found: how text becomes a search, and a list becomes text."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import Func, TextField

_LONGEST: Final = 200
_MOST_WORDS: Final = 8
_OPERATORS: Final = re.compile(r'"|(?:^|\s)-\w|(?:^|\s)or(?:\s|$)', re.IGNORECASE)


class Words(Func):
    """The elements of a list of words, with blanks between, for generated columns.

    PostgreSQL's own ``array_to_string`` may not stand in one; a migration makes this function.
    """

    function = "workflow_words"
    output_field = TextField()


def search_query(text: str) -> Any:
    """What a person typed, as a search: a web search, or words that begin so, as they are being typed.

    With quotes, ``-word`` or ``or`` it is only the web search, which knows these.
    """
    text = text[:_LONGEST]
    whole = SearchQuery(text, config="english", search_type="websearch")
    words = [] if _OPERATORS.search(text) else re.findall(r"\w+", text.lower())[:_MOST_WORDS]
    return whole | reduce(and_, map(_begun, words)) if words else whole


def _begun(word: str) -> Any:
    """One word in any form, or whatever begins with it. One letter begins too much."""
    whole = SearchQuery(word, config="english", search_type="plain")
    if len(word) == 1:
        return whole | SearchQuery(word, config="simple", search_type="plain")
    return whole | SearchQuery(f"{word}:*", config="simple", search_type="raw")
