/** A matrix as the editor holds it: what the server said last, and on top of it what was entered since. */

import { type Standing, parsed, plain, rank, shares, MOST_SCORE, MOST_WEIGHT } from "./core";
import { type Cell, type Edit, History } from "./history";

export type { Cell } from "./history";

export interface Part {
  id: string;
  name: string;
}

export interface Told {
  id: string;
  revision: number;
  options: { id: string; name: string }[];
  criteria: { id: string; name: string; weight: string }[];
  scores: {
    option: string;
    criterion: string;
    score: string;
    reason: string;
    source: string;
    updated_by: string;
  }[];
}

/** Of a cell, or of the weight of a criterion, which has no option. */
export interface Conflict {
  key: string;
  about: string;
  mine: string;
  theirs: string;
  by: string;
}

const EMPTY: Cell = { score: null, reason: "", source: "", by: "" };

export class Model {
  revision = 0;
  /** Both stay the same arrays as long as they hold the same. */
  options: readonly Part[] = [];
  criteria: readonly Part[] = [];
  conflicts = new Map<string, Conflict>();
  readonly history = new History();
  /** How many entries were into what somebody else deleted, since this was last asked. */
  private gone = 0;
  private base = new Map<string, Cell>();
  private baseWeights = new Map<string, number>();
  private mine = new Map<string, Cell>();
  private myWeights = new Map<string, number>();

  constructor(told: Told) {
    this.take(told);
  }

  get isPending(): boolean {
    return this.mine.size > 0 || this.myWeights.size > 0;
  }

  cell(option: number, criterion: number): Cell {
    const key = this.key(option, criterion);
    return this.mine.get(key) ?? this.base.get(key) ?? EMPTY;
  }

  isPendingAt(option: number, criterion: number): boolean {
    return this.mine.has(this.key(option, criterion));
  }

  isConflictAt(option: number, criterion: number): boolean {
    return this.conflicts.has(this.key(option, criterion));
  }

  weight(criterion: number): number {
    const id = this.criteria[criterion]?.id ?? "";
    return this.myWeights.get(id) ?? this.baseWeights.get(id) ?? 0;
  }

  get weights(): number[] {
    return this.criteria.map((_, at) => this.weight(at));
  }

  get shares(): string[] {
    return shares(this.weights);
  }

  get standings(): Standing[] {
    return rank(
      this.weights,
      this.options.map((_, option) => this.criteria.map((__, at) => this.cell(option, at).score)),
    );
  }

  /** Returns whether that says anything new. A score taken away takes its reason and source along. */
  set(option: number, criterion: number, change: Partial<Cell>): boolean {
    const key = this.key(option, criterion);
    const before = this.cell(option, criterion);
    const after = change.score === null ? EMPTY : { ...before, ...change };
    if (same(before, after)) return false;
    this.history.note({ kind: "score", key, before, after }, change.score === undefined);
    this.put(key, after);
    return true;
  }

  /** Returns a complaint, or nothing. */
  setWeight(criterion: number, weight: number): string {
    const others = this.weights.reduce((sum, each, at) => sum + (at === criterion ? 0 : each), 0);
    if (!weight && !others) return "At least one criterion needs a weight above 0.";
    const key = this.criteria[criterion]?.id ?? "";
    const before = this.weight(criterion);
    if (weight === before) return "";
    this.history.note({ kind: "weight", key, before, after: weight });
    this.putWeight(key, weight);
    return "";
  }

  /** What the last step changed, changed back; null where there is none. */
  undo(): { option: number; criterion: number } | null {
    const edit = this.history.undo((each) => this.holds(each, "after"));
    return edit && this.apply(edit, "before");
  }

  redo(): { option: number; criterion: number } | null {
    const edit = this.history.redo((each) => this.holds(each, "before"));
    return edit && this.apply(edit, "after");
  }

  takeGone(): number {
    const gone = this.gone;
    this.gone = 0;
    return gone;
  }

  /** What is to be sent: not what awaits a decision. */
  pendingScores(): { key: string; cell: Cell }[] {
    return [...this.mine].filter(([key]) => !this.conflicts.has(key)).map(([key, cell]) => ({ key, cell }));
  }

  pendingWeights(): { id: string; weight: number }[] {
    return [...this.myWeights]
      .filter(([id]) => !this.conflicts.has(id))
      .map(([id, weight]) => ({ id, weight }));
  }

  /** The server's state after it took `sent` in: what was entered since stays pending. */
  confirm(
    told: Told,
    sent: readonly { key: string; cell: Cell }[],
    weights: readonly { id: string; weight: number }[],
  ): void {
    for (const { key, cell } of sent) if (this.mine.get(key) === cell) this.mine.delete(key);
    for (const { id, weight } of weights) if (this.myWeights.get(id) === weight) this.myWeights.delete(id);
    this.take(told);
  }

  /** Somebody else changed it: theirs is taken over, and where both changed the same cell, a person decides. */
  merge(told: Told): void {
    const before = this.base;
    const weights = this.baseWeights;
    this.take(told);
    for (const [key, mine] of this.mine) {
      const theirs = this.base.get(key) ?? EMPTY;
      if (same(mine, theirs)) this.mine.delete(key);
      else if (!same(theirs, before.get(key) ?? EMPTY)) this.raise(key, mine, theirs);
    }
    for (const [id, mine] of this.myWeights) {
      const theirs = this.baseWeights.get(id) ?? 0;
      if (mine === theirs) this.myWeights.delete(id);
      else if (theirs !== weights.get(id)) this.raiseWeight(id, mine, theirs);
    }
  }

  /** Of a conflict: mine is sent, or theirs is left. */
  settle(key: string, keepMine: boolean): void {
    if (!keepMine) {
      this.mine.delete(key);
      this.myWeights.delete(key);
    }
    this.conflicts.delete(key);
  }

  key(option: number, criterion: number): string {
    return `${this.options[option]?.id ?? ""}:${this.criteria[criterion]?.id ?? ""}`;
  }

  private holds(edit: Edit, side: "before" | "after"): boolean {
    const place = this.placeOf(edit.key);
    if (!place) return false; // it was deleted
    if (edit.kind === "weight") return this.weight(place.criterion) === edit[side];
    return same(this.cell(place.option, place.criterion), edit[side]);
  }

  private apply(edit: Edit, side: "before" | "after"): { option: number; criterion: number } | null {
    if (edit.kind === "weight") this.putWeight(edit.key, edit[side]);
    else this.put(edit.key, edit[side]);
    return this.placeOf(edit.key);
  }

  /** Of a weight, the option is that above the first. */
  private placeOf(key: string): { option: number; criterion: number } | null {
    const [row, column] = key.includes(":") ? key.split(":") : [null, key];
    const criterion = this.criteria.findIndex((each) => each.id === column);
    const option = row === null ? -1 : this.options.findIndex((each) => each.id === row);
    return criterion < 0 || (row !== null && option < 0) ? null : { option, criterion };
  }

  private put(key: string, cell: Cell): void {
    if (same(cell, this.base.get(key) ?? EMPTY)) this.mine.delete(key);
    else this.mine.set(key, cell);
    this.conflicts.delete(key);
  }

  private putWeight(id: string, weight: number): void {
    if (weight === this.baseWeights.get(id)) this.myWeights.delete(id);
    else this.myWeights.set(id, weight);
    this.conflicts.delete(id);
  }

  private raise(key: string, mine: Cell, theirs: Cell): void {
    const place = this.placeOf(key);
    if (!place) return;
    const about = `${this.options[place.option]?.name ?? ""} · ${this.criteria[place.criterion]?.name ?? ""}`;
    this.conflicts.set(key, { key, about, mine: said(mine), theirs: said(theirs), by: theirs.by });
  }

  private raiseWeight(id: string, mine: number, theirs: number): void {
    const about = `Weight of ${this.criteria.find((each) => each.id === id)?.name ?? ""}`;
    this.conflicts.set(id, { key: id, about, mine: plain(mine), theirs: plain(theirs), by: "" });
  }

  private take(told: Told): void {
    this.revision = told.revision;
    if (!alike(this.options, told.options)) this.options = told.options;
    if (!alike(this.criteria, told.criteria)) this.criteria = told.criteria;
    this.base = new Map(
      told.scores.map((each) => [
        `${each.option}:${each.criterion}`,
        {
          score: parsed(each.score, MOST_SCORE),
          reason: each.reason,
          source: each.source,
          by: each.updated_by,
        },
      ]),
    );
    this.baseWeights = new Map(told.criteria.map((each) => [each.id, parsed(each.weight, MOST_WEIGHT) ?? 0]));
    const options = new Set(told.options.map((each) => each.id));
    for (const key of this.mine.keys()) {
      const [option, criterion] = key.split(":");
      if (!options.has(option ?? "") || !this.baseWeights.has(criterion ?? "")) this.drop(key); // it was deleted
    }
    for (const id of this.myWeights.keys()) if (!this.baseWeights.has(id)) this.drop(id);
  }

  private drop(key: string): void {
    this.mine.delete(key);
    this.myWeights.delete(key);
    this.conflicts.delete(key);
    this.gone += 1;
  }
}

/** As the API takes it. */
export function sentScore({ key, cell }: { key: string; cell: Cell }): Record<string, unknown> {
  const [option, criterion] = key.split(":");
  const { score, reason, source } = cell;
  return { option, criterion, score: score === null ? null : plain(score), reason, source };
}

/** The same parts by the same names in the same order. */
function alike(some: readonly Part[], others: readonly Part[]): boolean {
  return (
    some.length === others.length &&
    some.every((each, at) => each.id === others[at]?.id && each.name === others[at].name)
  );
}

function said(cell: Cell): string {
  return cell.score === null ? "no score" : plain(cell.score);
}

function same(one: Cell, other: Cell): boolean {
  return one.score === other.score && one.reason === other.reason && one.source === other.source;
}
