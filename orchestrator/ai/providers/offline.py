"""The offline provider: domain/offline.py behind the interface of the others."""

from __future__ import annotations

from typing import Final

from orchestrator.ai.domain import offline
from orchestrator.ai.domain.calls import ModelAnswer, ModelRequest, OnText, Tokens
from orchestrator.ai.domain.prices import guessed_tokens


class Offline:
    async def answer(self, request: ModelRequest, *, key: str, base_url: str, on_text: OnText) -> ModelAnswer:
        question = "\n".join(turn.text for turn in request.turns if turn.role == "user")
        answered = offline.answer(question, request.schema)
        tokens = Tokens(input=guessed_tokens(request.text), output=guessed_tokens(answered.text))
        on_text(answered.text, tokens.output)
        return ModelAnswer(
            text=answered.text, tokens=tokens, model=request.model, confidence=answered.confidence
        )


PROVIDER: Final = Offline()
