import { describe, expect, it } from "vitest";
import type { Graph, Part } from "../../canvas/graph";
import type { Kind } from "../../canvas/kinds";
import { getIn, sameJson, setIn } from "./change";
import { copied, paste, pasted } from "./clipboard";
import { differences } from "./comparing";
import { defaultConfig } from "./defaults";
import { findingsAt, innermost, marksOf } from "./findings";
import { ancestors, offers } from "./naming";
import {
  connect,
  freshId,
  insertOnEdge,
  likelyPort,
  makeNode,
  removeParts,
  setPort,
  toggleDisabled,
} from "./operations";
import { badId, renameNodes } from "./renaming";
import { only, Store } from "./store";

const kind = (name: string, more: Partial<Kind> = {}): Kind => ({
  name,
  title: name.toUpperCase(),
  description: "",
  category: "",
  icon: "bolt",
  effect: "pure",
  ports: ["out"],
  port_paths: [],
  raw_fields: [],
  body_field: "",
  schema: { type: "object", properties: {}, required: [] },
  ...more,
});
const step = kind("step");
const kinds = new Map([
  ["step", step],
  ["choice", kind("choice", { ports: [], port_paths: ["rules.*.port"] })],
  ["map", kind("map", { body_field: "body" })],
]);
const node = (id: string, config: Part = {}, type = "step"): Part => ({
  id,
  type,
  position: { x: 0, y: 0 },
  data: { config },
});
const chain: Graph = {
  nodes: [node("a"), node("b"), node("c")],
  edges: [
    { id: "e1", source: "a", target: "b" },
    { id: "e2", source: "b", target: "c", condition: "nodes.b.output.ok", label: "yes" },
  ],
};

describe("the state", () => {
  it("goes back and forth, and a new change ends the way forth", () => {
    const store = new Store(chain, kinds);
    store.edit("Delete", (graph) => removeParts(graph, only(["b"])));
    expect(store.graph().nodes).toHaveLength(2);
    expect(store.graph().edges).toHaveLength(0);
    store.undo();
    expect(store.get().root).toBe(chain);
    store.redo();
    expect(store.graph().nodes).toHaveLength(2);
    store.undo();
    store.edit("Connect", (graph) => connect(graph, "c", "out", "a"));
    expect(store.get().future).toEqual([]);
  });
  it("takes quick changes of one field for one step", () => {
    const store = new Store(chain, kinds);
    for (const title of ["x", "xy", "xyz"])
      store.edit("Rename", (graph) => ({ ...graph, nodes: [node(title), ...graph.nodes.slice(1)] }), {
        key: "a",
      });
    expect(store.get().past).toHaveLength(1);
    store.edit("Other", (graph) => removeParts(graph, only(["c"])), { key: "b" });
    expect(store.get().past).toHaveLength(2);
  });
  it("does nothing for a change that changes nothing", () => {
    const store = new Store(chain, kinds);
    store.edit("Connect", (graph) => connect(graph, "a", "out", "b"));
    expect(store.get().past).toHaveLength(0);
  });
  it("forgets what is selected and gone", () => {
    const store = new Store(chain, kinds);
    store.select(only(["a", "b"]));
    store.edit("Delete", (graph) => removeParts(graph, only(["b"])));
    expect([...store.get().selection.nodes]).toEqual(["a"]);
  });
  it("edits the graph inside a node, and undo leads there", () => {
    const root: Graph = {
      nodes: [node("m", { items: [], body: { nodes: [node("x")], edges: [] } }, "map")],
      edges: [],
    };
    const store = new Store(root, kinds);
    store.enter(["m"]);
    store.edit("Add", (graph) => ({ ...graph, nodes: [...graph.nodes, node("y")] }));
    const steps = ["nodes", 0, "data", "config", "body", "nodes", 1, "id"];
    expect(getIn(store.get().root as unknown as Part, steps)).toBe("y");
    store.enter([]);
    store.undo();
    expect(store.get().path).toEqual(["m"]);
    expect(store.get().root).toBe(root);
  });
  it("leaves an inner graph that is gone", () => {
    const store = new Store({ nodes: [node("m", { body: {} }, "map")], edges: [] }, kinds);
    store.enter(["m"]);
    store.replace(chain, "Edit the text");
    expect(store.get().path).toEqual([]);
  });
});

describe("changes of values", () => {
  it("make what is missing and leave the original alone", () => {
    const before = { a: [1, 2] };
    expect(setIn(before, ["b", "c"], 3)).toEqual({ a: [1, 2], b: { c: 3 } });
    expect(setIn(before, ["a", 0], undefined)).toEqual({ a: [2] });
    expect(before).toEqual({ a: [1, 2] });
  });
  it("compare without regard to the order of keys", () => {
    expect(sameJson({ a: 1, b: [{}] }, { b: [{}], a: 1 })).toBe(true);
    expect(sameJson([1], { 0: 1 })).toBe(false);
  });
});

describe("operations", () => {
  it("give ids that expressions can name", () => {
    expect(freshId(["step", "step_2"], "step")).toBe("step_3");
    expect(freshId([], "http.request")).toBe("http_request");
    expect(makeNode(chain, step, { x: 1.4, y: 2.6 })).toMatchObject({ id: "step", position: { x: 1, y: 3 } });
  });
  it("put a node on an edge, which keeps its condition", () => {
    const next = insertOnEdge(chain, "e2", node("n"), kinds);
    expect(next.edges.find(({ id }) => id === "e2")).toMatchObject({
      source: "b",
      target: "n",
      label: "yes",
    });
    expect(next.edges.at(-1)).toMatchObject({ source: "n", target: "c" });
  });
  it("say the port of an edge only where it is not the usual one", () => {
    const port = (graph: Graph) => graph.edges[0]?.sourceHandle;
    expect(port(setPort(chain, "e1", "no"))).toBe("no");
    expect(port(setPort(setPort(chain, "e1", "no"), "e1", "out"))).toBeUndefined();
  });
  it("offer the first port without an edge", () => {
    const choice = node("d", { rules: [{ port: "x" }, { port: "y" }] }, "choice");
    const graph = connect({ nodes: [choice, ...chain.nodes], edges: [] }, "d", "x", "a");
    expect(likelyPort(graph, choice, kinds.get("choice"))).toBe("y");
  });
  it("disable all, and enable when all are disabled", () => {
    const off = toggleDisabled(chain, new Set(["a", "b"]));
    expect(off.nodes.map((each) => getIn(each, ["data", "disabled"]))).toEqual([true, true, undefined]);
    expect(toggleDisabled(off, new Set(["a", "b"])).nodes).toEqual(chain.nodes);
  });
});

describe("renaming", () => {
  const graph: Graph = {
    nodes: [
      node("a"),
      node("b", {
        output: { x: { "=": "nodes.a.output.n + nodes.ab.output" } },
        text: "{{ nodes.a.output }} about nodes.a",
      }),
    ],
    edges: [{ id: "e", source: "a", target: "b", condition: 'nodes["a"].output.ok' }],
  };
  it("follows into expressions and nowhere else", () => {
    const next = renameNodes(graph, new Map([["a", "first"]]));
    expect(getIn(next.nodes[1], ["data", "config"])).toEqual({
      output: { x: { "=": "nodes.first.output.n + nodes.ab.output" } },
      text: "{{ nodes.first.output }} about nodes.a",
    });
    expect(next.edges[0]).toMatchObject({ source: "first", condition: 'nodes["first"].output.ok' });
  });
  it("says why an id will not do", () => {
    expect(badId(graph, "a", "b")).toMatch(/Another/);
    expect(badId(graph, "a", "a b")).toMatch(/Letters/);
    expect(badId(graph, "a", "a")).toBeNull();
  });
});

describe("the clipboard", () => {
  it("brings nodes, their edges and their references to another graph", () => {
    const parts = pasted(copied(chain, only(["b", "c"])));
    if (!parts) throw new Error("nothing was pasted");
    const { graph, ids } = paste(chain, parts, null);
    expect(ids).toEqual(["b_2", "c_2"]);
    expect(graph.edges.at(-1)).toMatchObject({
      source: "b_2",
      target: "c_2",
      condition: "nodes.b_2.output.ok",
    });
    expect(new Set(graph.edges.map(({ id }) => id)).size).toBe(3);
  });
  it.each(["", "hello", "[1]", '{"nodes": []}', '{"nodes": [7]}'])("takes %j for no graph", (text) => {
    expect(pasted(text)).toBeNull();
  });
});

describe("findings", () => {
  it("of a body are told at its own parts", () => {
    const body = { nodes: [node("x"), node("x.y")], edges: [] };
    const root: Graph = { nodes: [node("m", { body }, "map")], edges: [] };
    const found = [
      {
        code: "c",
        message: "In the body of m: Node x.y: bad.",
        node: "m",
        path: "data.config.body.x.y.data.config.v",
      },
      { code: "c", message: "other", node: "a" },
    ];
    const [one, ...rest] = findingsAt(found, [root, body], ["m"]);
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ node: "x.y", path: "data.config.v", message: "Node x.y: bad." });
  });
  it("lead to the innermost graph that they are about", () => {
    const inner = { nodes: [node("x")], edges: [] };
    const middle = { nodes: [node("n", { body: inner }, "map")], edges: [] };
    const root: Graph = { nodes: [node("m", { body: middle }, "map"), node("a")], edges: [] };
    const at = (path?: string, id = "m") => {
      const found = innermost(
        { code: "c", message: "bad", node: id, ...(path ? { path } : {}) },
        root,
        kinds,
      );
      return [found.path.join("/"), found.finding.node, found.finding.path];
    };
    expect(at("data.config.body.n.data.config.body.x.data.config.v")).toEqual(["m/n", "x", "data.config.v"]);
    expect(at("data.config.body.n.data.title")).toEqual(["m", "n", "data.title"]);
    expect(at("data.config.body")).toEqual(["", "m", "data.config.body"]);
    expect(at(undefined, "a")).toEqual(["", "a", undefined]);
  });
  it("mark a node with the worst of them", () => {
    const finding = (severity: string) => ({ code: "c", message: severity, node: "a", severity });
    expect(marksOf([finding("warning"), finding("error")]).nodes.get("a")?.problem).toBe("error");
    expect(marksOf([finding("warning")]).nodes.get("a")?.problem).toBe("warning");
  });
});

describe("names in scope", () => {
  const at = {
    levels: [chain],
    path: [],
    place: { node: "b" },
    inputSchema: { properties: { amount: { type: "number" }, "a b": {} } },
    outputs: { a: { total: 3 } },
    kinds,
  };
  it("are the input's fields, and outputs of earlier nodes first", () => {
    const found = offers(at);
    const rank = (name: string) => found.find((each) => each.name === name)?.rank ?? -1;
    expect(rank("input.amount")).toBeGreaterThan(0);
    expect(rank('input["a b"]')).toBeGreaterThan(0);
    expect(rank("nodes.a.output.total")).toBeGreaterThan(rank("nodes.c.output"));
    expect(found.some(({ name }) => name === "item")).toBe(false);
    expect(offers({ ...at, levels: [chain, chain], path: ["a"] }).some(({ name }) => name === "item")).toBe(
      true,
    );
  });
  it("reach an edge from its source and all before it, loops included", () => {
    expect([...ancestors(chain, { edge: "e2" })].sort()).toEqual(["a", "b"]);
    const loop = { ...chain, edges: [...chain.edges, { id: "e3", source: "c", target: "a" }] };
    expect([...ancestors(loop, { node: "a" })].sort()).toEqual(["a", "b", "c"]);
  });
});

describe("differences", () => {
  it("tell what was added, removed, moved and changed", () => {
    const theirs: Graph = {
      nodes: [node("a", { x: 1 }), { ...node("b"), position: { x: 9, y: 9 } }, node("d")],
      edges: chain.edges,
    };
    expect(differences(chain, theirs).map(({ kind: how, what }) => `${how} ${what}`)).toEqual([
      "changed Node “a”",
      "moved Node “b”",
      "added Node “d”",
      "removed Node “c”",
    ]);
  });
});

it("a new node begins with what its schema demands", () => {
  const schema = {
    $defs: { Rule: { type: "object", properties: { port: { type: "string" } }, required: ["port"] } },
    type: "object",
    properties: {
      rules: { type: "array", minItems: 1, items: { $ref: "#/$defs/Rule" } },
      body: { type: "object", format: "graph" },
      more: { type: "string", default: "x" },
    },
    required: ["rules", "body"],
  };
  expect(defaultConfig(kind("k", { schema }))).toEqual({
    rules: [{ port: "" }],
    body: { nodes: [], edges: [] },
  });
});
