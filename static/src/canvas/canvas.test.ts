import { describe, expect, it } from "vitest";
import { Converter, undrawn } from "./convert";
import { type Graph, positionOf } from "./graph";
import { type Kind, portsOf } from "./kinds";
import { arranged, needsLayout } from "./layout";

const base = { title: "", description: "", category: "", icon: "bolt", effect: "pure", raw_fields: [] };
const kinds = new Map<string, Kind>([
  ["t", { ...base, name: "t", ports: ["out"], port_paths: [], body_field: "", schema: {} }],
  [
    "d",
    { ...base, name: "d", ports: [], port_paths: ["rules.*.port", "default"], body_field: "", schema: {} },
  ],
]);

const decision = {
  id: "choose",
  type: "d",
  data: {
    config: { rules: [{ when: "true", port: "yes" }, { port: "no" }, { port: "yes" }, 7], default: "no" },
  },
};
const graph: Graph = {
  nodes: [decision, { id: "a", type: "t" }, { id: "b", type: "gone" }],
  edges: [
    { id: "e1", source: "choose", target: "a", sourceHandle: "yes" },
    { id: "e2", source: "choose", target: "b", sourceHandle: "removed", condition: "x" },
    { id: "e3", source: "choose", target: "nobody" },
  ],
};

function draw(what: Graph, converter = new Converter(kinds)) {
  return {
    nodes: converter.toNodes(what, new Map(), new Set()),
    edges: converter.toEdges(what, new Map(), new Set()),
  };
}

describe("ports", () => {
  it("are read where the configuration names them, each once", () => {
    expect(portsOf(decision, kinds.get("d"))).toEqual(["yes", "no"]);
  });
  it("include the error port of a node that routes its errors", () => {
    expect(portsOf({ type: "t", data: { on_error: "route" } }, kinds.get("t"))).toEqual(["out", "error"]);
  });
});

describe("drawing", () => {
  it("leaves out what leads nowhere and counts it", () => {
    expect(draw(graph).edges.map(({ id }) => id)).toEqual(["e1", "e2"]);
    expect(undrawn(graph)).toBe(1);
  });
  it("keeps an edge whose port is gone, from the first handle", () => {
    const [kept, lost] = draw(graph).edges;
    expect(kept?.sourceHandle).toBe("yes");
    expect(lost?.sourceHandle).toBeUndefined();
  });
  it("survives a document that is no graph", () => {
    const odd = { nodes: [null, 7, { id: "x" }, { id: "x" }], edges: [null, "e"] } as unknown as Graph;
    expect(draw(odd).nodes.map(({ id }) => id)).toEqual(["x"]);
  });
  it("makes the same objects for parts that did not change", () => {
    const converter = new Converter(kinds);
    const before = draw(graph, converter);
    const changed = { ...graph, nodes: [decision, { id: "a", type: "t", data: { title: "A" } }] };
    const after = draw(changed, converter);
    expect(after.nodes[0]).toBe(before.nodes[0]);
    expect(after.nodes[1]).not.toBe(before.nodes[1]);
  });
});

describe("layout", () => {
  it("is needed where a node has no place or stands on another", () => {
    expect(needsLayout(graph)).toBe(true);
    const at = (id: string, x: number) => ({ id, type: "t", position: { x, y: 0 } });
    expect(needsLayout({ nodes: [at("a", 0), at("b", 300)], edges: [] })).toBe(false);
    expect(needsLayout({ nodes: [at("a", 0), at("b", 0)], edges: [] })).toBe(true);
  });
  it("puts what comes later further down", () => {
    const placed = arranged(graph, kinds);
    const [first, second] = placed.nodes.map(positionOf);
    expect(needsLayout(placed)).toBe(false);
    expect(second?.y).toBeGreaterThan(first?.y ?? Infinity);
  });
});
