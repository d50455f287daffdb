/** Saving and publishing the draft over the API, never over somebody else's work unasked. */

import { ApiError, callApi } from "../page/http";
import type { Problem } from "./problems";

export interface Graph {
  nodes: unknown;
  edges: unknown;
}

export interface Stored extends Graph {
  checksum: string;
  version: number;
  version_status: string;
}

interface Urls {
  workflow: string;
  validate: string;
  publish: string;
}

/** Somebody else saved since; `checksum` is that of their graph. */
export class Conflict extends Error {
  constructor(
    message: string,
    readonly checksum: string,
    readonly savedBy = "somebody",
    /** As the server tells it; empty if it does not. */
    readonly savedAt = "",
  ) {
    super(message);
    this.name = "Conflict";
  }
}

export class Draft {
  constructor(
    private readonly urls: Urls,
    /** The graph that the present edit began with. */
    private base: string,
  ) {}

  get checksum(): string {
    return this.base;
  }

  /** Throws Conflict and ApiError. */
  async save(graph: Graph, overwrite?: string): Promise<Stored> {
    try {
      const answer = await callApi("PATCH", this.urls.workflow, {
        ...graph,
        base_checksum: overwrite ?? this.base,
      });
      const stored = answer as Stored;
      this.base = stored.checksum;
      return stored;
    } catch (error) {
      if (error instanceof ApiError && error.problem.code === "draft_conflict") {
        const { checksum, saved_by: by = "somebody", saved_at: at = "" } = error.problem;
        throw new Conflict(error.message, String(checksum), String(by), String(at));
      }
      throw error;
    }
  }

  /** The graph as it is stored now; from here on it is what the edit begins with. */
  async load(): Promise<Stored> {
    const stored = (await callApi("GET", this.urls.workflow)) as Stored;
    this.base = stored.checksum;
    return stored;
  }

  async validate(graph: Graph, signal: AbortSignal): Promise<Problem[]> {
    const answer = await callApi("POST", this.urls.validate, graph, signal);
    return (answer as { problems: Problem[] }).problems;
  }

  /** The number of the version that is current now. */
  async publish(note: string): Promise<number> {
    const answer = await callApi("POST", this.urls.publish, { note });
    return (answer as { number: number }).number;
  }
}

/** The graph in the text. Throws an error for text that is JSON and no graph. */
export function graphOf(document: unknown): Graph {
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new TypeError('A graph is an object with "nodes" and "edges".');
  }
  const { nodes, edges } = document as Partial<Graph>;
  return { nodes: nodes ?? [], edges: edges ?? [] };
}
