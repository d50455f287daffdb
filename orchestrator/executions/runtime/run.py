"""One execution in the hands of a worker: from its claim to the release of its lease.

A run advances in memory as far as it can. What happened waits in the journal until the engine commits
it; handlers that touch the outside start only when what came before them is stored.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import new_id
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import commands as do
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.arrivals import elapse, next_due, receive
from orchestrator.executions.domain.machine import Machine
from orchestrator.executions.domain.names import names_at
from orchestrator.executions.domain.record import Attempt, anew_after, cancel_firing, skip
from orchestrator.executions.domain.state import Firing, Phase, State, StepKey
from orchestrator.executions.domain.status import Status
from orchestrator.executions.runtime.claims import Claim
from orchestrator.executions.runtime.consequences import Asked, side_effects_of
from orchestrator.executions.runtime.handlers import Handlers, Job
from orchestrator.executions.runtime.jobs import Jobs
from orchestrator.executions.runtime.journal import Journal, Release
from orchestrator.executions.runtime.mail import Letter
from orchestrator.executions.runtime.rows import Doing
from orchestrator.executions.runtime.side_effects import DeleteMail
from orchestrator.executions.runtime.stepping import (
    Prepared,
    context_of,
    did_it_take_place,
    prepare,
    run_inline,
)
from orchestrator.graphs.compiled import CompiledGraph, CompiledNode
from orchestrator.graphs.nodetypes import Effect
from orchestrator.graphs.steps import Failed, Outcome, StepContext, Waiting

SLICE: Final = 200
"""Steps that one run may do before the others of its worker get their turn."""
MAX_PENDING: Final = 500
"""Pending events after which a commit is due for their number alone."""


class Run:
    """The machine of one execution, its handlers at work, and what it has not yet stored."""

    def __init__(self, claim: Claim, graph: CompiledGraph, state: State, handlers: Handlers) -> None:
        self.claim = claim
        self.machine = Machine(graph, state, self._on_event)
        self.journal = Journal(claim)
        self.jobs = Jobs(handlers)
        self.interrupted = {key for key, firing in state.firings() if firing.phase is Phase.RUNNING}
        """Firings that an earlier lease had begun: a ``once`` step among them may have taken place."""
        self.undurable = False
        """Something is pending that must be stored before the run may touch the outside again."""
        self.has_more = False
        """Stopped at the end of a slice, or at a quick step that must wait for the commit."""
        self._blocked = False
        self._may_act = True
        """Everything before the present pass is stored; steps that are ready together share a commit."""
        self._doing: Doing | None = None
        self._asked: Asked | None = None
        self._origin: dict[str, Json] = {}
        self._last_letter = 0

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def is_idle(self) -> bool:
        """Nothing at work, nothing to start, nothing more to do: the lease can go."""
        return not self.jobs and not self.has_more

    @property
    def wants_commit(self) -> bool:
        if self.is_idle or (self.undurable and (self._blocked or not self.has_more)):
            return True
        return len(self.journal.events) > MAX_PENDING

    def release(self, now: datetime) -> Release:
        """How the row is left: over, waiting, paused, or (when a worker stops early) still due."""
        if self.state.is_final:
            return Release(self.state.status, None, now)
        if self.machine.work(now):
            return Release(Status.RUNNING, now, now)
        status = Status.PAUSED if self.state.paused_at is not None else Status.WAITING
        return Release(status, self.next_due(), now)

    @property
    def has_limit(self) -> bool:
        return self.claim.settings.get("concurrency") is not None

    def next_due(self) -> datetime | None:
        """When time alone will move this run."""
        return next_due(self.state)

    def begin(self, event: ev.ExecutionStarted, origin: dict[str, Json]) -> None:
        """The first event of all, on behalf of whoever started the run."""
        self._origin = origin
        self.machine.emit(event)
        self._origin = {}

    def take(self, letters: Iterable[Letter]) -> None:
        """Let mail arrive, in order. Letters of one run are numbered in the order of their commits."""
        taken = []
        for letter in letters:
            if letter.id > self._last_letter:
                self._origin = letter.metadata
                receive(self.machine, letter.arrival, utc_now())
                taken.append(letter.id)
                self._last_letter = letter.id
        self._origin = {}
        if taken:
            self.journal.mail_taken += len(taken)
            self.journal.side_effects.append(DeleteMail(taken))

    def advance(self, *, draining: bool = False) -> None:
        """Go on as far as possible without the outside, for at most one slice of steps.

        While ``draining`` no new step begins; what is at work may still end.
        """
        elapse(self.machine, utc_now())
        left = SLICE
        moved, self._blocked = True, False
        while moved and left > 0:
            moved, self._may_act = False, not self.undurable
            for command in self.machine.work(utc_now()):
                if isinstance(command, do.Withdraw):
                    moved |= self._withdraw(command)
                elif not draining and self._is_current(command.key):
                    moved |= (
                        self._fire(command) if isinstance(command, do.Fire) else self._perform(command.key)
                    )
                    left -= 1
        self.has_more = (moved or self._blocked) and not draining

    def finish(self, job: Job, outcome: Outcome | None) -> None:
        """Take in the end of a job."""
        if not self.jobs.end(job):
            return
        if job.effect is Effect.ONCE and isinstance(outcome, Failed) and outcome.uncertain:
            self._find_out(job)
        elif outcome is not None:
            self._doing = Doing(job.started_at, job.input)
            self._record(job.node, job.attempt, outcome)
        elif job.reconcile:
            self._get_stuck(job)
        else:
            self._emit_cancelled(job.attempt.key, "stopped on request")
        self.undurable = True

    def start_ready(self) -> None:
        """Start what was waiting for the commit, if nothing is left to store before it."""
        if not self.undurable:
            self.jobs.start()

    def reset(self, state: State) -> None:
        """Forget everything that is not stored; ``state`` is what is."""
        self.jobs.forget()
        self.machine.state = state
        self.journal.forget()

    def _is_current(self, key: StepKey) -> bool:
        """Whether nothing that happened since the decision forbids this step."""
        scope = self.state.scopes.get(key.scope)
        return scope is not None and scope.ending is None and self.state.root.ending is None

    def _fire(self, command: do.Fire) -> bool:
        tokens = self.state.scopes[command.key.scope].tokens
        if any(token not in tokens for token in command.takes):
            return False
        node = self.machine.node(command.key)
        attempt = Attempt(command.key, 1, command.takes, command.round)
        if node.node.data.disabled:
            self.machine.emit(*skip(node, self.state, attempt, at=utc_now()))
            return True
        return self._begin(node, attempt, is_new=True)

    def _perform(self, key: StepKey) -> bool:
        """A firing that stands as running and is not: a retry that is due, or left by a crash."""
        firing = self.state.firing(key)
        if firing is None or firing.phase is not Phase.RUNNING or key in self.jobs:
            return False
        return self._begin(self.machine.node(key), Attempt(key, firing.attempt), is_new=False)

    def _begin(self, node: CompiledNode, attempt: Attempt, *, is_new: bool) -> bool:
        now = utc_now()
        names = names_at(self.state, attempt.key.scope)
        prepared = prepare(node, names, now)
        if isinstance(prepared, Failed):
            self._doing = Doing(now)
            self._record(node, attempt, prepared)
            return True
        inline = prepared.effect in (Effect.PURE, Effect.WAIT)
        if prepared.quick and not inline and not self._may_act:
            self._blocked = True  # an idempotent step, too short for a thread: still a commit before the next
            return False
        most, before = self.state.options.max_attempts, anew_after(self.state, attempt.key)
        context = context_of(self.claim, node, attempt, prepared, names, now, most, before)
        self._doing = Doing(now, prepared.input)
        if inline or prepared.quick:
            self._record(node, attempt, run_inline(node, context))
            self.undurable |= not inline
            return True
        return self._enqueue(node, attempt, prepared, context, is_new=is_new)

    def _enqueue(
        self, node: CompiledNode, attempt: Attempt, prepared: Prepared, context: StepContext, *, is_new: bool
    ) -> bool:
        if len(self.jobs) >= self.state.options.parallel or not self.jobs.admits(node.type):
            return False
        if is_new:
            self.machine.emit(ev.StepStarted(**attempt.fields(context.now)))
        once = prepared.effect is Effect.ONCE
        reconcile = once and attempt.key in self.interrupted
        self.interrupted.discard(attempt.key)
        self.undurable |= once  # the intent must be stored before the act
        self.jobs.add(
            Job(
                self.claim.id,
                self.claim.fence,
                node,
                context,
                Attempt(attempt.key, attempt.number),
                prepared.effect,
                prepared.input,
                reconcile,
            )
        )
        return True

    def _withdraw(self, command: do.Withdraw) -> bool:
        return not self.jobs.stop(command.key) and self._emit_cancelled(command.key, command.reason)

    def _emit_cancelled(self, key: StepKey, reason: str) -> bool:
        if self.state.firing(key) is None:
            return False
        self.machine.emit(*cancel_firing(self.state, key, reason, utc_now()))
        return True

    def _record(self, node: CompiledNode, attempt: Attempt, outcome: Outcome) -> None:
        created = new_id() if isinstance(outcome, Waiting) and (outcome.approval or outcome.child) else None
        if created is not None and isinstance(outcome, Waiting):
            self._asked = Asked(created, outcome.approval, outcome.child)
        self.machine.record(
            attempt,
            outcome,
            utc_now(),
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
            new_id=created,
            input=self._doing.input if self._doing else None,
        )
        self._doing = self._asked = None

    def _find_out(self, job: Job) -> None:
        """The answer to a ``once`` step did not arrive: ask the outside, which may be done only once."""
        if job.reconcile or job.node.type.reconcile is None:
            self._get_stuck(job)
        else:
            self.jobs.add(replace(job, reconcile=True, task=None))

    def _get_stuck(self, job: Job) -> None:
        """Nobody knows whether an interrupted ``once`` step took place: ask a person."""
        self._asked = Asked(new_id(), did_it_take_place(job.node))
        approval: JsonObject = {
            "id": str(self._asked.id),
            "on_deadline": "",
            "escalate_to": [],
            "payload": None,
        }
        self.machine.emit(ev.StepStuck(**job.attempt.fields(utc_now()), approval=approval))
        self._asked = None

    def _on_event(self, event: ev.Event, firing: Firing | None) -> None:
        doing = None
        if isinstance(event, ev.StepEvent):
            doing = self._doing
            if isinstance(event, ev.StepCancelled):
                job = self.jobs.drop(event.key)
                doing = Doing(job.started_at, job.input) if job is not None else None
        self.journal.add(event, firing, node_type=self._node_type(event), doing=doing, metadata=self._origin)
        self.journal.side_effects += side_effects_of(self.claim, self.state, event, firing, self._asked)

    def _node_type(self, event: ev.Event) -> str:
        if isinstance(event, ev.StepEvent) and self.machine.graph.nodes:
            return self.machine.node(event.key).type.name
        return ""
