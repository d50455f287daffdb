import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { duration, money, shown } from "./figures";
import type { Marks, RunEvent } from "./marks";
import { RunModel } from "./model";

const DONE = { times: 1, done: null, total: null };
const MARKS: Marks = {
  nodes: { a: { state: "done", ...DONE }, old: { state: "earlier", ...DONE } },
  edges: [],
};
const asked: string[] = [];

function event(seq: number, node: string, type = "step_succeeded", data = {}): RunEvent {
  return {
    seq,
    type,
    node_id: node,
    data: { scope: "", iteration: 1, ...data },
    sentence: `${node} ${type}`,
  };
}

const EVENTS = [
  event(1, "", "execution_started"),
  event(2, "a"),
  event(3, "each", "step_expanded", { total: 2 }),
  event(4, "inner", "step_succeeded", { scope: "each#1/0" }),
  event(5, "inner", "step_failed", { scope: "each#1/1" }),
];

function model(seq = 5, piece = 3): RunModel {
  const fetchPiece = (url: string) => {
    asked.push(url);
    const after = Number(url.split("=")[1]);
    return Promise.resolve({ events: EVENTS.slice(after, after + piece) });
  };
  const graph = { nodes: [], edges: [] };
  return new RunModel({ graph, marks: MARKS, figures: { a: { ms: 5 } } }, seq, "/t/", fetchPiece);
}

beforeEach(() => {
  asked.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("now shows what the server marked, with its figures, and what came since", () => {
  const run = model();
  expect(run.marks().nodes.a).toMatchObject({ state: "done", ms: 5 });
  run.take([event(5, "a", "step_failed"), event(6, "b")]);
  expect(run.marks().nodes.a?.state).toBe("done");
  expect(run.marks().nodes.b?.state).toBe("done");
  expect(run.seq).toBe(6);
  expect(asked).toEqual([]);
});

test("an earlier moment has its events fetched, as many as it takes, and keeps what an earlier run did", async () => {
  const run = model();
  await run.seek(1);
  expect(asked).toEqual(["/t/?after=0"]);
  expect(Object.keys(run.marks().nodes)).toEqual(["old"]);
  await run.seek(5);
  expect(asked).toEqual(["/t/?after=0", "/t/?after=3"]);
  expect(run.marks().nodes.each).toMatchObject({ state: "running", total: 2 });
  await run.seek(99);
  expect(run.at).toBe(5);
  run.end();
  expect(run.position).toBeNull();
  expect(run.marks().nodes.a?.ms).toBe(5);
});

test("playing goes on event by event at the chosen speed, and stops at the end", async () => {
  const run = model();
  await run.play();
  expect(run.at).toBe(0);
  await vi.advanceTimersByTimeAsync(700);
  expect(run.at).toBe(1);
  run.setSpeed(20);
  await vi.advanceTimersByTimeAsync(700 + 2 * 45);
  expect(run.at).toBeGreaterThan(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(run.at).toBe(5);
  expect(run.isPlaying).toBe(false);
  await run.step(-1);
  expect(run.at).toBe(4);
});

test("pressing a step while it plays stops it", async () => {
  const run = model();
  await run.play();
  await run.step(1);
  expect(run.isPlaying).toBe(false);
  await vi.advanceTimersByTimeAsync(5000);
  expect(run.at).toBe(1);
});

test("a map is opened at its items, as they stood at the moment", async () => {
  const run = model();
  await run.open("each");
  expect(run.items()).toEqual(["each#1/0", "each#1/1"]);
  expect(run.marksInside(run.items()[1]).nodes.inner?.state).toBe("failed");
  await run.seek(4);
  expect(run.items()).toEqual(["each#1/0"]);
  run.close(0);
  expect(run.items()).toEqual([]);
});

test("a server out of reach is said, and nothing is asked again and again", async () => {
  const graph = { nodes: [], edges: [] };
  const fail = vi.fn(() => Promise.reject(new Error("The server cannot be reached.")));
  const run = new RunModel({ graph, marks: MARKS, figures: {} }, 5, "/t/", fail);
  await run.play();
  await vi.advanceTimersByTimeAsync(5000);
  expect(run.problem).toBe("The server cannot be reached.");
  expect(run.isPlaying).toBe(false);
  expect(fail).toHaveBeenCalledTimes(1);
});

test("those who listen hear of each change", () => {
  const run = model();
  const heard = vi.fn();
  const stop = run.subscribe(heard);
  run.select("a");
  run.select("a");
  expect(heard).toHaveBeenCalledTimes(1);
  stop();
  run.select(null);
  expect(heard).toHaveBeenCalledTimes(1);
});

test.each([
  [0.4, "<1 ms"],
  [842, "842 ms"],
  [12_400, "12.4 s"],
  [200_000, "3 min 20 s"],
  [7_500_000, "2 h 5 min"],
  [349_200_000, "4 d 1 h"],
])("%d ms are told as on the rest of the page", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test("figures are those of the node: rounds, time, cost, else tokens", () => {
  const mark = {
    state: "done" as const,
    times: 3,
    done: null,
    total: null,
    ms: 1500,
    cost: 0.0042,
    tokens: 90,
  };
  const { badges = [], note } = shown(mark);
  expect(badges.map(({ text }) => text)).toEqual(["3×", "1.5 s", "$0.0042"]);
  expect(note).toBe("Done");
  expect(shown({ ...mark, cost: 0, times: 1 }).badges?.map(({ text }) => text)).toEqual(["1.5 s", "90 tok"]);
  expect(money(1.2)).toBe("$1.20");
});
