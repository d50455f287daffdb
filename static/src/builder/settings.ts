/** What the page hands to the builder. */

import type { FunctionHelp } from "./model/naming";

export interface Settings {
  workflow: string;
  name: string;
  person: string;
  checksum: string;
  version: number;
  isDraft: boolean;
  note: string;
  savedAt: string;
  nodes: unknown;
  edges: unknown;
  inputSchema: unknown;
  functions: FunctionHelp[];
  urls: {
    workflow: string;
    validate: string;
    publish: string;
    people: string;
    tryNode: string;
    workflows: string;
    kinds: string;
    executions: string;
    page: string;
    run: string;
  };
}
