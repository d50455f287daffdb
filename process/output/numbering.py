"""Numbered lists of a Word document: each begins with its own number, which the styles alone do not do."""

from __future__ import annotations

from typing import Any

from docx.document import Document as WordFile
from docx.text.paragraph import Paragraph

from process.output.blocks import Block


class Numbering:
    """Hands out one numbering per list; ``end`` says that what follows is another list."""

    def __init__(self, document: WordFile) -> None:
        self._styles: Any = document.styles
        self._part: Any = document.part.numbering_part.element
        self._open: dict[int, tuple[int, int]] = {}

    def end(self) -> None:
        self._open.clear()

    def number(self, paragraph: Paragraph, block: Block) -> None:
        level, number = block.level, block.number or 0
        known = self._open.get(level)
        if known is None or number != known[1] + 1:
            known = (self._begin(paragraph, number), number)
        self._open = {at: list_ for at, list_ in self._open.items() if at < level}
        self._open[level] = (known[0], number)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = known[0]
        properties.get_or_add_ilvl().val = 0

    def _begin(self, paragraph: Paragraph, number: int) -> int:
        """A list of the same look as the style's, from this number on."""
        style: Any = paragraph.style
        numbered = style.element.pPr.numPr.numId.val
        abstract = self._part.num_having_numId(numbered).abstractNumId.val
        added = self._part.add_num(abstract)
        added.add_lvlOverride(ilvl=0).add_startOverride(number)
        return int(added.numId)
