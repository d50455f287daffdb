/** What the page shows and has stored: one change after the other, each told the revision that it was made on. */

import type { Position } from "../canvas/graph";
import { ApiError, type Problem } from "../page/http";
import { type Change, inverse, type Places } from "./changes";
import type { Graph, Target } from "./model";

export type Errors = Readonly<Record<string, readonly string[]>>;

export interface Notice {
  text: string;
  /** Does once more what was not stored. */
  retry: (() => void) | null;
}

export interface Shown {
  graph: Graph;
  /** Where phases were put since, while that is on its way to the server. */
  moved: ReadonlyMap<string, Position | null>;
  selected: Target | null;
  isSaving: boolean;
  notice: Notice | null;
  /** What would be undone and done again next; empty where nothing. */
  undo: string;
  redo: string;
}

interface Step {
  label: string;
  changes: Change[];
  /** What the form that asked for it shows complaints about. */
  fields?: readonly string[];
}

/** The graph as it is after a change, with the ids of what each part of it added. */
export type Answer = Graph & { made: (string | null)[] };

export interface Server {
  /** Stores the changes of that revision; throws ApiError. */
  send: (revision: number, changes: readonly Change[]) => Promise<Answer>;
  load: () => Promise<Graph>;
}

/** The ids of what was added; or complaints by field, where a form has to show them. */
export type Outcome = { made: (string | null)[] } | { errors: Errors };

const SETTLED_MS = 350;
const KEPT_STEPS = 50;

export class Store {
  private shown: Shown;
  private readonly listeners = new Set<() => void>();
  private last: Promise<unknown> = Promise.resolve();
  private undos: Step[] = [];
  private redos: Step[] = [];
  private places: Places = {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting = 0;

  constructor(
    graph: Graph,
    private readonly server: Server,
  ) {
    this.shown = {
      graph,
      moved: new Map(),
      selected: null,
      isSaving: false,
      notice: null,
      undo: "",
      redo: "",
    };
  }

  readonly get = (): Shown => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  select(selected: Target | null): void {
    const before = this.shown.selected;
    if (before?.id !== selected?.id || before?.kind !== selected?.kind) this.show({ selected });
  }

  dismiss(): void {
    this.show({ notice: null });
  }

  /** Something is on its way, or waits a moment for more of its kind. */
  get isUnsaved(): boolean {
    return this.waiting > 0 || this.timer !== undefined;
  }

  /** Puts phases elsewhere: seen at once, stored when they have come to rest. */
  move(places: ReadonlyMap<string, Position>): void {
    this.places = { ...this.places, ...Object.fromEntries(places) };
    this.show({ moved: new Map([...this.shown.moved, ...places]), isSaving: true });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLED_MS);
  }

  /** Does all of it or nothing. Complaints come back; those about none of the `fields`, which a form shows, are
   * told in a notice as well.
   */
  change(label: string, changes: Change[], fields: readonly string[] = []): Promise<Outcome> {
    this.settle();
    return this.enqueue(() => this.perform({ label, changes, fields }, "undos"));
  }

  undo(): void {
    this.settle();
    void this.enqueue(() => this.again("undos", "redos"));
  }

  redo(): void {
    this.settle();
    void this.enqueue(() => this.again("redos", "undos"));
  }

  private settle(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const places = this.places;
    this.places = {};
    void this.enqueue(() => this.perform({ label: "Move", changes: [{ do: "move", places }] }, "undos"));
  }

  private async again(from: "undos" | "redos", to: "undos" | "redos"): Promise<Outcome> {
    const step = this[from].at(-1);
    if (!step) return { made: [] };
    const outcome = await this.perform(step, to, true);
    if ("made" in outcome) {
      this[from] = this[from].filter((each) => each !== step);
      this.show({});
    }
    return outcome;
  }

  private enqueue(act: () => Promise<Outcome>): Promise<Outcome> {
    this.waiting++;
    this.show({ isSaving: true });
    const done = this.last.then(act).finally(() => {
      this.waiting--;
      this.show({ isSaving: this.isUnsaved });
    });
    this.last = done.catch(() => undefined);
    return done;
  }

  private async perform(step: Step, to: "undos" | "redos", isAgain = false): Promise<Outcome> {
    const before = this.shown.graph;
    try {
      const { made, ...graph } = await this.server.send(before.revision, step.changes);
      this.keep({ label: step.label, changes: inverse(before, step.changes, made) ?? [] }, to, isAgain);
      this.show({ graph, moved: this.without(step), notice: null });
      return { made };
    } catch (error) {
      return this.refused(step, problemOf(error));
    }
  }

  private keep(step: Step, to: "undos" | "redos", isAgain: boolean): void {
    // What cannot be undone takes with it what came before: that would speak of what is gone.
    this[to] = step.changes.length > 0 ? [...this[to], step].slice(-KEPT_STEPS) : [];
    if (!isAgain) this.redos = [];
  }

  private async refused(step: Step, problem: Problem): Promise<Outcome> {
    this.show({ moved: this.without(step) });
    const errors = problem.errors as Errors | undefined;
    if (problem.status === 400 && errors) {
      const isShown = Object.keys(errors).every((name) => step.fields?.includes(name));
      if (!isShown) this.tell(problem.detail, null);
      return { errors };
    }
    const retry = () => void this.change(step.label, step.changes);
    if (problem.code === "draft_moved_on") {
      await this.reload();
      this.tell(`${problem.detail} You now see what is stored; your last step is not.`, retry);
    } else if (problem.status === 404) {
      await this.reload();
      this.tell(problem.detail, null);
    } else this.tell(problem.detail, problem.status === 0 || problem.status >= 500 ? retry : null);
    return { errors: {} };
  }

  private async reload(): Promise<void> {
    try {
      const graph = await this.server.load();
      this.undos = this.redos = [];
      this.show({ graph });
    } catch {
      // the notice tells what is the matter
    }
  }

  private without({ changes }: Step): ReadonlyMap<string, Position | null> {
    const done = new Set(changes.flatMap((each) => (each.do === "move" ? Object.keys(each.places) : [])));
    return new Map([...this.shown.moved].filter(([id]) => !done.has(id) || id in this.places));
  }

  private tell(text: string, retry: (() => void) | null): void {
    this.show({ notice: { text, retry } });
  }

  private show(part: Partial<Shown>): void {
    const [undo, redo] = [this.undos.at(-1)?.label ?? "", this.redos.at(-1)?.label ?? ""];
    this.shown = { ...this.shown, ...part, undo, redo };
    const { selected, graph } = this.shown;
    const list = selected?.kind === "way" ? graph.ways : graph.phases;
    if (selected && !list.some(({ id }) => id === selected.id))
      this.shown = { ...this.shown, selected: null };
    for (const listener of this.listeners) listener();
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { status: 500, code: "error", detail: error instanceof Error ? error.message : String(error) };
}
