import { expect, test } from "vitest";
import fixture from "./marks.fixture.json";
import { afterEvent, noteOf, type Marks, type RunEvent } from "./marks";

interface Told {
  event: RunEvent;
  marks: Marks;
}

/** Written by tests/web/test_marks.py from a real run: what the server says after each event. */
const told = fixture as unknown as Told[];

function sorted(marks: Marks): Marks {
  const nodes = Object.fromEntries(
    Object.entries(marks.nodes).map(([id, mark]) => [id, { ...mark, note: noteOf(mark) }]),
  );
  return { nodes, edges: [...marks.edges].sort() };
}

test("following the events gives what the server reads from them, at every moment", () => {
  expect(told.length).toBeGreaterThan(20);
  let marks: Marks = { nodes: {}, edges: [] };
  for (const { event, marks: expected } of told) {
    marks = afterEvent(marks, event);
    expect(sorted(marks), `after event ${event.seq}`).toEqual(sorted(expected));
  }
});

test("following may begin at any moment", () => {
  for (let begin = 0; begin < told.length; begin++) {
    const start = told[begin]?.marks ?? { nodes: {}, edges: [] };
    const end = told.slice(begin + 1).reduce((marks, { event }) => afterEvent(marks, event), start);
    expect(sorted(end)).toEqual(sorted(told.at(-1)?.marks ?? start));
  }
});

test("what happens inside a map does not mark the nodes of the workflow", () => {
  const inside = { seq: 1, type: "step_succeeded", node_id: "a", data: { scope: "each#1/0", iteration: 1 } };
  expect(afterEvent({ nodes: {}, edges: [] }, inside)).toEqual({ nodes: {}, edges: [] });
});

test("an event does not change the marks that it is applied to", () => {
  const before: Marks = Object.freeze({
    nodes: Object.freeze({}),
    edges: Object.freeze([]) as unknown as string[],
  });
  const event = {
    seq: 1,
    type: "step_succeeded",
    node_id: "a",
    data: { scope: "", iteration: 2, sends: [["e", "b"]] },
  };
  const after = afterEvent(before, event);
  expect(after.edges).toEqual(["e"]);
  expect(after.nodes.a).toMatchObject({ state: "done", times: 2 });
});
