/** The draft as it stands, kept in this browser until the server has it. */

import { type Graph, isObject, readGraph, textOf } from "../../canvas/graph";

export interface Kept {
  graph: Graph;
  /** Checksum of the stored graph that the work began with. */
  base: string;
  at: Date;
}

export class LocalCopy {
  private readonly key: string;

  constructor(
    person: string,
    workflow: string,
    private readonly storage: Storage | null = openStorage(),
  ) {
    this.key = `orchestrator.draft.${person}.${workflow}`;
  }

  /** False if the browser does not take it: it is full, or forbidden. */
  keep(graph: Graph, base: string, at: Date): boolean {
    try {
      this.storage?.setItem(this.key, JSON.stringify({ ...graph, base, at: at.toISOString() }));
      return this.storage !== null;
    } catch {
      return false;
    }
  }

  read(): Kept | null {
    try {
      const value: unknown = JSON.parse(this.storage?.getItem(this.key) ?? "null");
      if (!isObject(value)) return null;
      return { graph: readGraph(value), base: textOf(value.base), at: new Date(textOf(value.at)) };
    } catch {
      return null;
    }
  }

  drop(): void {
    try {
      this.storage?.removeItem(this.key);
    } catch {
      // What cannot be reached cannot be in the way either.
    }
  }
}

function openStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
