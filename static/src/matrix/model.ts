/** A matrix as the editor holds it: what the server said last, and on top of it what was entered since. */

import { type Standing, parsed, plain, rank, shares, MOST_SCORE, MOST_WEIGHT } from "./core";

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

export interface Cell {
  score: number | null;
  reason: string;
  source: string;
  by: string;
}

export interface Conflict {
  key: string;
  option: string;
  criterion: string;
  mine: Cell;
  theirs: Cell;
}

const EMPTY: Cell = { score: null, reason: "", source: "", by: "" };

export class Model {
  revision = 0;
  options: { id: string; name: string }[] = [];
  criteria: { id: string; name: string }[] = [];
  conflicts = new Map<string, Conflict>();
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
    const now = this.cell(option, criterion);
    const next = change.score === null ? EMPTY : { ...now, ...change };
    if (same(now, next)) return false;
    if (same(next, this.base.get(key) ?? EMPTY)) this.mine.delete(key);
    else this.mine.set(key, next);
    this.conflicts.delete(key);
    return true;
  }

  /** Returns a complaint, or nothing. */
  setWeight(criterion: number, weight: number): string {
    const others = this.weights.reduce((sum, each, at) => sum + (at === criterion ? 0 : each), 0);
    if (!weight && !others) return "At least one criterion needs a weight above 0.";
    const id = this.criteria[criterion]?.id ?? "";
    if (weight === this.baseWeights.get(id)) this.myWeights.delete(id);
    else this.myWeights.set(id, weight);
    return "";
  }

  /** What is to be sent: not what awaits a decision. */
  pendingScores(): { key: string; cell: Cell }[] {
    return [...this.mine].filter(([key]) => !this.conflicts.has(key)).map(([key, cell]) => ({ key, cell }));
  }

  pendingWeights(): { id: string; weight: number }[] {
    return [...this.myWeights].map(([id, weight]) => ({ id, weight }));
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
    this.take(told);
    for (const [key, mine] of this.mine) {
      const theirs = this.base.get(key) ?? EMPTY;
      if (same(mine, theirs)) this.mine.delete(key);
      else if (!same(theirs, before.get(key) ?? EMPTY)) this.raise(key, mine, theirs);
    }
  }

  /** Of a conflict: mine is sent, or theirs is left. */
  settle(key: string, keepMine: boolean): void {
    if (!keepMine) this.mine.delete(key);
    this.conflicts.delete(key);
  }

  key(option: number, criterion: number): string {
    return `${this.options[option]?.id ?? ""}:${this.criteria[criterion]?.id ?? ""}`;
  }

  private raise(key: string, mine: Cell, theirs: Cell): void {
    const [option, criterion] = key.split(":");
    const row = this.options.find((each) => each.id === option);
    const column = this.criteria.find((each) => each.id === criterion);
    if (row && column)
      this.conflicts.set(key, { key, option: row.name, criterion: column.name, mine, theirs });
  }

  private take(told: Told): void {
    this.revision = told.revision;
    this.options = told.options;
    this.criteria = told.criteria;
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
    for (const id of this.myWeights.keys()) if (!this.baseWeights.has(id)) this.myWeights.delete(id);
  }

  private drop(key: string): void {
    this.mine.delete(key);
    this.conflicts.delete(key);
  }
}

/** As the API takes it. */
export function sentScore({ key, cell }: { key: string; cell: Cell }): Record<string, unknown> {
  const [option, criterion] = key.split(":");
  const { score, reason, source } = cell;
  return { option, criterion, score: score === null ? null : plain(score), reason, source };
}

function same(one: Cell, other: Cell): boolean {
  return one.score === other.score && one.reason === other.reason && one.source === other.source;
}
