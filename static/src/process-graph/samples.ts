/** Small graphs for tests: phases by key, ways as “a-b”. */

import type { Position } from "../canvas/graph";
import type { Graph, Phase, Way } from "./model";

export function makePhase(key: string, place: Position | null = null): Phase {
  return {
    id: key,
    key,
    name: key.toUpperCase(),
    kind: "data_collection",
    purpose: "For a test.",
    outcome: "",
    text: "",
    form: "",
    optional: false,
    can_skip: false,
    requires_completion: true,
    prompts: 0,
    required: 0,
    order: 0,
    place,
  };
}

export function makeWay(id: string, order = 0): Way {
  const [source = "", target = ""] = id.split("-");
  return { id, source, target, label: "", order, condition: { type: "always", value: null }, words: "" };
}

export function makeGraph(keys: string[], ways: string[]): Graph {
  return {
    revision: 1,
    flags: [],
    phases: keys.map((key) => makePhase(key)),
    ways: ways.map(makeWay),
    sections: [],
    findings: [],
  };
}
