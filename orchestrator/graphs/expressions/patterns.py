"""Regular expressions in RE2's syntax: their time grows with the text, never exponentially."""

from __future__ import annotations

from functools import lru_cache

import re2

from orchestrator.graphs.expressions.context import Context
from orchestrator.graphs.expressions.errors import Fault

_MAX_LENGTH = 1_000
_MAX_MEMORY = 1 << 19  # bytes for one pattern and its matcher
_PATTERN_COST = 4_000  # operations for each pattern of an evaluation: compiling may take 10 ms
_SEARCH_COST = 20
_STEPS_PER_OPERATION = 256  # a step is one character against one instruction, 10 ns at worst


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re2._Regexp:
    """Raises Fault for what RE2 does not accept, such as look-around and back-references."""
    if len(pattern) > _MAX_LENGTH:
        raise Fault(
            f"A regular expression may have {_MAX_LENGTH:,} characters; this one has {len(pattern):,}."
        )
    options = re2.Options()
    options.max_mem = _MAX_MEMORY
    options.never_capture = True
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0]
        reason = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise Fault(f"This is not a regular expression: {reason}.") from None
    except UnicodeEncodeError:
        raise Fault("This regular expression holds half of a surrogate pair.") from None


def matches(context: Context, text: str, pattern: str) -> bool:
    """Whether the pattern is found anywhere in the text."""
    regexp = context.patterns.get(pattern)
    if regexp is None:
        context.spend(_PATTERN_COST)
        regexp = context.patterns[pattern] = compile_pattern(pattern)
    context.spend(_SEARCH_COST + len(text) * regexp.programsize // _STEPS_PER_OPERATION)
    try:
        return regexp.search(text) is not None
    except UnicodeEncodeError:
        raise Fault("The string holds half of a surrogate pair, which no pattern can match.") from None
