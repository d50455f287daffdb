"""The few marks of Markdown: what they become, and that nothing else becomes anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.templatetags.prose import MOST, prose

ALLOWED = re.compile(
    r"</?(?:p|ul|ol|li|strong|em|br|code)>|<code class=\"code-word\">|</a>"
    r"|<a class=\"link-plain\" href=\"https?://[^\"<>\s]+\" rel=\"noopener noreferrer nofollow\">"
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nline\n\nTwo", "<p>One<br>line</p><p>Two</p>"),
        ("- a\n- b\n\n1. c\n2) d", "<ul><li>a</li><li>b</li></ul><ol><li>c</li><li>d</li></ol>"),
        ("Do **this** *now*", "<p>Do <strong>this</strong> <em>now</em></p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("# Title", "<p><strong>Title</strong></p>"),
        ("`a < b`", '<p><code class="code-word">a &lt; b</code></p>'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("", ""),
    ],
)
def test_a_few_marks_are_known(text: str, html: str) -> None:
    assert prose(text) == html


def test_addresses_become_links_without_the_stop_behind_them() -> None:
    html = prose("See https://wiki.example/a?b=1&c=2. Or [the wiki](https://wiki.example/).")
    assert 'href="https://wiki.example/a?b=1&amp;c=2"' in html
    assert '</a>. Or <a class="link-plain" href="https://wiki.example/"' in html
    assert html.endswith("the wiki</a>.</p>")


@given(st.text(alphabet=st.sampled_from(list("ab*_`[]()<>\"'&#-1. \n/:htps"))))
def test_nothing_but_known_tags_comes_out(text: str) -> None:
    assert not re.search(r"[<>\"]", ALLOWED.sub("", prose(text)))


def test_endless_text_is_cut() -> None:
    assert len(prose("x" * (MOST * 2))) < MOST + 100
