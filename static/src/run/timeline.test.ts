import { expect, test } from "vitest";
import fixture from "./marks.fixture.json";
import { afterEvent, type Marks, NO_MARKS, type RunEvent } from "./marks";
import { itemsOf, KEYFRAME, Timeline } from "./timeline";

interface Told {
  event: RunEvent;
  marks: Marks;
}
const TOLD = fixture as unknown as Told[];

function states(marks: Marks | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(marks?.nodes ?? {}).map(([id, mark]) => [id, mark.state]));
}

function step(seq: number, node: string, type = "step_succeeded", data = {}, more = {}): RunEvent {
  return { seq, type, node_id: node, data: { scope: "", iteration: 1, ...data }, ...more };
}

test("each moment has the marks that the server reads for it, in whatever order they are asked for", () => {
  const timeline = new Timeline();
  timeline.add(TOLD.map(({ event }) => event));
  expect(timeline.last).toBe(TOLD.length);
  const order = [...TOLD.keys(), ...[...TOLD.keys()].reverse(), 3, 17, 4];
  for (const index of order) {
    const shown = timeline.at(index + 1).get("");
    expect(states(shown)).toEqual(states(TOLD[index]?.marks));
    expect(new Set(shown?.edges)).toEqual(new Set(TOLD[index]?.marks.edges));
  }
  expect(timeline.at(0).get("")).toEqual(NO_MARKS);
});

test("events that are at hand already, or that leave a gap, are passed over", () => {
  const timeline = new Timeline();
  timeline.add([step(1, "a"), step(1, "b"), step(3, "c"), step(2, "d")]);
  expect(timeline.events.map(({ node_id }) => node_id)).toEqual(["a", "d"]);
});

test("going back over keyframes gives what going forward gave", () => {
  const timeline = new Timeline();
  const many = KEYFRAME * 3 + 7;
  timeline.add(Array.from({ length: many }, (_, index) => step(index + 1, `n${index % 50}`)));
  const forward = [1, KEYFRAME, KEYFRAME + 1, KEYFRAME * 2 - 1, many].map((seq) => timeline.at(seq).get(""));
  const back = [many, KEYFRAME * 2 - 1, KEYFRAME + 1, KEYFRAME, 1].map((seq) => timeline.at(seq).get(""));
  expect(back.reverse()).toEqual(forward);
});

test("items of maps have marks of their own, and are found in order", () => {
  const timeline = new Timeline();
  const inner = (seq: number, item: number) =>
    step(seq, "inner", "step_succeeded", { scope: `each#1/${item}` });
  timeline.add([step(1, "each", "step_expanded", { total: 11 }), inner(2, 10), inner(3, 2)]);
  const moment = timeline.at(3);
  expect(moment.get("")?.nodes.each).toMatchObject({ state: "running", done: 0, total: 11 });
  expect(states(moment.get("each#1/2"))).toEqual({ inner: "done" });
  expect(itemsOf(moment, "", "each")).toEqual(["each#1/2", "each#1/10"]);
  expect(itemsOf(timeline.at(1), "", "each")).toEqual([]);
});

test("time, cost and tokens add up over rounds and attempts", () => {
  let marks: Marks = NO_MARKS;
  const events = [
    step(1, "ask", "step_started", {}, { at: 1000 }),
    step(2, "ask", "step_failed", { retry_at: "x" }, { at: 1400, cost: 0.25, tokens: 10, ms: 400 }),
    step(3, "ask", "step_restarted", { attempt: 2 }, { at: 2000 }),
    step(
      4,
      "ask",
      "step_succeeded",
      { attempt: 2, usage: { cost: "0.5", tokens: 20 } },
      { at: 2600, ms: 600 },
    ),
  ];
  for (const event of events) marks = afterEvent(marks, event);
  expect(marks.nodes.ask).toMatchObject({ state: "done", ms: 1000, cost: 0.75, tokens: 30 });
  marks = afterEvent(marks, step(5, "ask", "step_waiting", { iteration: 2, child: "run-1" }, { at: 5000 }));
  expect(marks.nodes.ask).toMatchObject({ state: "waiting", since: 5000, child: "run-1", ms: 1000 });
  marks = afterEvent(marks, step(6, "ask", "step_succeeded", { iteration: 2 }, { at: 5500 }));
  expect(marks.nodes.ask).toMatchObject({ ms: 1500, times: 2, child: "run-1" });
});

test("ten thousand events of five hundred nodes are folded in an instant", () => {
  const timeline = new Timeline();
  timeline.add(Array.from({ length: 10_000 }, (_, index) => step(index + 1, `n${index % 500}`)));
  const began = performance.now();
  timeline.at(10_000);
  expect(performance.now() - began).toBeLessThan(3000);
  const back = performance.now();
  for (let seq = 9_999; seq > 9_900; seq -= 7) timeline.at(seq);
  expect((performance.now() - back) / 15).toBeLessThan(100);
});
