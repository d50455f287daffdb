/** What was entered here, one step after the other, so that it can be taken back and done again. */

export interface Cell {
  score: number | null;
  reason: string;
  source: string;
  by: string;
}

export type Edit =
  | { kind: "score"; key: string; before: Cell; after: Cell }
  | { kind: "weight"; key: string; before: number; after: number };

const MOST = 500;

export class History {
  private done: Edit[] = [];
  private undone: Edit[] = [];

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Letters of one reason are one step: `continues` says that this goes on with the step before. */
  note(edit: Edit, continues = false): void {
    this.undone = [];
    const last = this.done.at(-1);
    if (continues && last?.kind === "score" && edit.kind === "score" && last.key === edit.key) {
      this.done[this.done.length - 1] = { ...edit, before: last.before };
      return;
    }
    this.done.push(edit);
    if (this.done.length > MOST) this.done.shift();
  }

  /** The newest step that `holds`: what somebody else changed since is not taken back. Null for none. */
  undo(holds: (edit: Edit) => boolean): Edit | null {
    return this.move(this.done, this.undone, holds);
  }

  redo(holds: (edit: Edit) => boolean): Edit | null {
    return this.move(this.undone, this.done, holds);
  }

  private move(from: Edit[], to: Edit[], holds: (edit: Edit) => boolean): Edit | null {
    for (let edit = from.pop(); edit; edit = from.pop()) {
      if (!holds(edit)) continue;
      to.push(edit);
      return edit;
    }
    return null;
  }
}
