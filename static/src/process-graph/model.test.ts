import { describe, expect, it } from "vitest";
import { type Change, inverse } from "./changes";
import { beginning, chosenIn, missing, sameCondition, withFlag, withName } from "./conditions";
import { findingsByTarget, keyFor, numbersOf, shifted, targetOf } from "./model";
import { arranged, freeSpot, HEIGHT, placesOf, WIDTH } from "./places";
import { routesOf } from "./routes";
import { makeGraph, makePhase, makeWay } from "./samples";

const graph = makeGraph(["a", "b", "c"], ["a-b", "b-c", "b-a"]);

describe("numbers of ways", () => {
  it("count those that leave the same phase, and none that is alone", () => {
    expect([...numbersOf(graph)]).toEqual([
      ["b-c", 1],
      ["b-a", 2],
    ]);
  });
});

describe("findings", () => {
  const finding = (place: string) => ({ code: "x", message: "m", place, forbids: true });
  it("lead to the phase or the way that they are about", () => {
    expect(targetOf(graph, finding("node:b"))).toEqual({ kind: "phase", id: "b" });
    expect(targetOf(graph, finding("prompt:b.question"))).toEqual({ kind: "phase", id: "b" });
    expect(targetOf(graph, finding("edge:b-c"))).toEqual({ kind: "way", id: "b-c" });
    for (const place of ["", "section:b", "node:gone", "edge:gone"])
      expect(targetOf(graph, finding(place))).toBeNull();
  });
  it("are collected by what they are about", () => {
    const found = findingsByTarget({
      ...graph,
      findings: [finding("node:b"), finding("node:b"), finding("")],
    });
    expect([...found].map(([id, all]) => [id, all.length])).toEqual([["b", 2]]);
  });
});

describe("order", () => {
  it("shifts by one and stays at the ends", () => {
    expect(shifted(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(shifted(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(shifted(["a", "b"], 1, 1)).toEqual(["a", "b"]);
  });
});

describe("keys", () => {
  it("are made of names, and of a number where they are taken", () => {
    expect(keyFor("A first scene!", new Set())).toBe("a_first_scene");
    expect(keyFor("Über 9 Jahre", new Set())).toBe("uber_9_jahre");
    expect(keyFor("9 lives", new Set(["lives"]))).toBe("lives_2");
    expect(keyFor("…", new Set())).toBe("");
  });
});

describe("conditions", () => {
  it("ask for what is missing and for nothing else", () => {
    expect(missing(beginning("always"))).toBeNull();
    for (const type of ["scope_match", "section_active", "profile_flag", "expression"])
      expect(missing(beginning(type))).not.toBeNull();
    expect(missing(withName(beginning("scope_match"), "unsure", true))).toBeNull();
  });
  it("add and remove names and flags", () => {
    const two = withName(withName(beginning("section_selected"), "a", true), "b", true);
    expect(chosenIn(withName(two, "a", false))).toEqual(["b"]);
    const flag = withFlag(beginning("profile_flag"), "has_children", false);
    expect(flag.value).toEqual({ has_children: false });
    expect(sameCondition(withFlag(flag, "has_children", undefined), beginning("profile_flag"))).toBe(true);
  });
});

describe("places", () => {
  it("are those of the author where there are any", () => {
    const one = makeGraph(["a", "b"], ["a-b"]);
    const placed = {
      ...one,
      phases: one.phases.map((each, x) => ({ ...each, place: { x: x * 400, y: 7 } })),
    };
    expect([...placesOf(placed).values()]).toEqual([
      { x: 0, y: 7 },
      { x: 400, y: 7 },
    ]);
  });
  it("are found by layers where all are missing or stand on each other", () => {
    const stacked = { ...graph, phases: graph.phases.map((each) => ({ ...each, place: { x: 0, y: 0 } })) };
    for (const each of [graph, stacked]) {
      const ys = [...placesOf(each).values()].map(({ y }) => y);
      expect(ys).toEqual([...ys].sort((a, b) => a - b));
      expect(new Set(ys).size).toBe(3);
    }
  });
  it("of a new phase are below what leads to it, and free", () => {
    const phases = [makePhase("a", { x: 0, y: 0 }), makePhase("b", { x: 0, y: 150 }), makePhase("c")];
    const spot = placesOf({ ...graph, phases, ways: [makeWay("a-c")] }).get("c");
    expect(spot?.y).toBeGreaterThan(HEIGHT);
    expect(spot?.x).toBeGreaterThanOrEqual(WIDTH);
  });
  it("keep their distance from what stands there", () => {
    expect(freeSpot({ x: 0, y: 0 }, new Map([["a", { x: 10, y: 10 }]])).x).toBeGreaterThan(WIDTH);
    expect(freeSpot({ x: 900, y: 0 }, new Map([["a", { x: 10, y: 10 }]]))).toEqual({ x: 900, y: 0 });
  });
});

describe("routes", () => {
  it("lead around phases for ways back and for ways past others", () => {
    const more = makeGraph(["a", "b", "c"], ["a-b", "b-c", "a-c", "c-a"]);
    const column = new Map(["a", "b", "c"].map((id, index) => [id, { x: 0, y: index * 200 }]));
    const routes = routesOf(more, column);
    expect([...routes.keys()]).toEqual(["a-c", "c-a"]);
    for (const { x } of routes.values()) expect(x < 0 || x > WIDTH).toBe(true);
    expect(routesOf(more, arranged(more)).has("a-b")).toBe(false);
  });
});

describe("what undoes a change", () => {
  const back = (changes: Change[], made: (string | null)[] = [null]) => inverse(graph, changes, made);
  it("puts values back as they were", () => {
    expect(back([{ do: "change_phase", id: "a", values: { name: "New", optional: true } }])).toEqual([
      { do: "change_phase", id: "a", values: { name: "A", optional: false } },
    ]);
    expect(back([{ do: "move", places: { a: { x: 9, y: 9 } } }])).toEqual([
      { do: "move", places: { a: null } },
    ]);
    expect(back([{ do: "order_ways", phase: "b", ways: ["b-a", "b-c"] }])).toEqual([
      { do: "order_ways", phase: "b", ways: ["b-c", "b-a"] },
    ]);
  });
  it("deletes what was added, the last first", () => {
    const added: Change[] = [
      { do: "add_phase", values: {} },
      { do: "add_way", values: {} },
    ];
    expect(back(added, ["p", "w"])).toEqual([
      { do: "delete_way", id: "w" },
      { do: "delete_phase", id: "p" },
    ]);
  });
  it("brings a phase back with its ways, in their order", () => {
    const steps = back([{ do: "delete_phase", id: "c" }]);
    expect(steps?.map((each) => each.do)).toEqual(["add_phase", "add_way"]);
    expect(steps?.[1]).toMatchObject({
      id: "b-c",
      order: 1,
      values: { condition: { type: "", value: null } },
    });
  });
  it("does not exist for prompts that went with their phase", () => {
    const full = { ...graph, phases: graph.phases.map((each) => ({ ...each, prompts: 2 })) };
    expect(inverse(full, [{ do: "delete_phase", id: "c" }], [null])).toBeNull();
  });
});
