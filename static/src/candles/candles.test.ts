import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../page/http";
import { candle, priced, readBars, readDetections, spoken, type Detection, type Verdict } from "./data";
import { ALL, isNarrow, passes, readFilter, writeFilter, type Filter } from "./filter";
import { actionOf, isTaken } from "./keys";
import { Queue, type Order, type Store } from "./queue";
import { knownAt, Replay } from "./replay";
import { neighbour, nextOpen, windowOf } from "./selection";

function detection(number: number, confirmedAt: number, verdict: Verdict = ""): Detection {
  return {
    number,
    kind: "swing_high",
    direction: "bearish",
    bar: confirmedAt - 2,
    price: 10,
    confirmed_at: confirmedAt,
    top: null,
    bottom: null,
    origin: null,
    verdict,
    reason: "",
    time: 0,
    known_time: 0,
  };
}

describe("data", () => {
  it("reads columns of doubles", () => {
    const columns = [
      [100, 160],
      [1, 2],
      [3, 4],
      [0.5, 1.5],
      [2, 3],
    ];
    const bars = readBars(new Float64Array(columns.flat()).buffer, 40);
    expect([bars.count, bars.first]).toEqual([2, 40]);
    expect(candle(bars, 41)).toEqual({ time: 160, open: 2, high: 4, low: 1.5, close: 3 });
    expect(() => readBars(new ArrayBuffer(16), 0)).toThrow("whole");
  });

  it("turns columns into detections", () => {
    const found = readDetections({ number: [1, 2], bar: [5, 9], verdict: ["", "right"] });
    expect(found.map((each) => [each.number, each.bar, each.verdict])).toEqual([
      [1, 5, ""],
      [2, 9, "right"],
    ]);
  });

  it("writes kinds and prices for people", () => {
    expect(spoken("fair_value_gap")).toBe("Fair value gap");
    expect([priced(1.234567), priced(64123.5)]).toEqual(["1.2346", "64,123.5"]);
  });
});

describe("replay", () => {
  const known = [detection(1, 3), detection(2, 3), detection(3, 8)];

  it("knows what was confirmed by the close of a bar, and nothing later", () => {
    expect([2, 3, 7, 8, 99].map((bar) => knownAt(known, bar))).toEqual([0, 2, 2, 3, 3]);
    expect(knownAt([], 5)).toBe(0);
  });

  it("stays within its range and says whether it moved", () => {
    const replay = new Replay({ first: 10, last: 12 });
    expect([replay.isOn, replay.now]).toEqual([false, 12]);
    replay.start(3);
    expect([replay.isOn, replay.now]).toEqual([true, 10]);
    expect([replay.step(-1), replay.step(1), replay.step(5), replay.step(1)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    replay.stop();
    expect(replay.isOn).toBe(false);
  });
});

describe("selection", () => {
  const list = [detection(1, 3, "right"), detection(2, 4), detection(3, 5, "wrong"), detection(4, 6)];

  const having = (...verdicts: string[]): Filter => ({ ...ALL, verdict: new Set(verdicts) });

  it("walks through what the filter lets through", () => {
    expect(neighbour(list, 0, 1, ALL)).toBe(1);
    expect(neighbour(list, 0, 1, having("right", "wrong"))).toBe(2);
    expect(neighbour(list, 3, -1, having("open"))).toBe(1);
    expect(neighbour(list, 3, 1, ALL)).toBeUndefined();
  });

  it("goes on to what is not reviewed, from the beginning at the end", () => {
    expect(nextOpen(list, 1, ALL)).toBe(3);
    expect(nextOpen(list, 3, ALL)).toBe(1);
    expect(nextOpen(list, 0, having("wrong"))).toBe(2);
    expect(nextOpen([detection(1, 1, "right")], 0, ALL)).toBeUndefined();
  });

  it("draws the rows in view only", () => {
    expect(windowOf(0, 440, 44, 10_000)).toEqual({ from: 0, to: 15 });
    expect(windowOf(44_000, 440, 44, 1_005)).toEqual({ from: 995, to: 1_005 });
  });
});

describe("filter", () => {
  const known = { kind: ["swing_high"], direction: ["bullish", "bearish"], verdict: ["open", "right"] };

  it("goes into the address and comes back, what else stands there kept", () => {
    const filter = readFilter("?kind=swing_high&kind=moon&verdict=open&x=1", known);
    expect([...filter.kind, ...filter.verdict]).toEqual(["swing_high", "open"]);
    expect(writeFilter("?x=1&kind=moon", filter)).toBe("?x=1&kind=swing_high&verdict=open");
    expect([isNarrow(filter), isNarrow(ALL), writeFilter("?kind=moon", ALL)]).toEqual([true, false, ""]);
  });

  it("lets through what fits all that is named", () => {
    const each = detection(1, 3);
    const asked = (search: string): boolean => passes(each, readFilter(search, known));
    expect([asked(""), asked("?verdict=open"), asked("?verdict=right")]).toEqual([true, true, false]);
    expect(asked("?verdict=open&direction=bullish")).toBe(false);
  });
});

describe("keys", () => {
  it("mean what the mode says", () => {
    const plain = { isPicking: false, isReplaying: false };
    expect(actionOf("R", plain)).toBe("right");
    expect(actionOf("ArrowLeft", plain)).toBeUndefined();
    expect(actionOf(" ", { ...plain, isReplaying: true })).toBe("play");
    expect(actionOf("Enter", { ...plain, isPicking: true })).toBe("take");
  });

  it("are left to what is typed in", () => {
    expect(isTaken(document.createElement("input"), "r")).toBe(true);
    expect(isTaken(document.createElement("button"), " ")).toBe(true);
    expect(isTaken(document.createElement("button"), "r")).toBe(false);
    const box = Object.assign(document.createElement("input"), { type: "checkbox" });
    expect([isTaken(box, " "), isTaken(box, "r")]).toEqual([true, false]);
  });
});

describe("queue", () => {
  function make(send: (order: Order) => Promise<unknown>, store: Store = localStorage) {
    const said = { onDone: vi.fn(), onRefused: vi.fn(), onState: vi.fn() };
    return { queue: new Queue({ key: "q", store, send, ...said }), ...said };
  }

  const order = (tag: string): Order => ({ method: "PUT", url: `/${tag}`, tag });
  const fault = (status: number): ApiError => new ApiError({ status, code: "x", detail: "x" });

  it("sends one after the other, in order", async () => {
    const sent: string[] = [];
    const { queue, onState } = make((each) => {
      sent.push(each.tag);
      return Promise.resolve(each.tag);
    });
    queue.add(order("1"));
    queue.add(order("2"));
    await vi.waitFor(() => expect(onState).toHaveBeenCalledWith(0, false));
    expect(sent).toEqual(["1", "2"]);
    expect(localStorage.getItem("q")).toBeNull();
  });

  it("keeps what cannot be sent, also for the page that is opened next", async () => {
    const { queue, onState } = make(() => Promise.reject(fault(0)));
    queue.add(order("1"));
    await vi.waitFor(() => expect(onState).toHaveBeenCalledWith(1, true));
    const next = make(() => Promise.resolve("ok"));
    expect(next.queue.size).toBe(1);
    await next.queue.go();
    expect(next.onDone).toHaveBeenCalledWith(order("1"), "ok");
  });

  it("gives up what is refused, and goes on", async () => {
    const { queue, onRefused, onDone } = make((each) =>
      each.tag === "bad" ? Promise.reject(fault(409)) : Promise.resolve("ok"),
    );
    queue.add(order("bad"));
    queue.add(order("good"));
    await vi.waitFor(() => expect(onDone).toHaveBeenCalledOnce());
    expect(onRefused).toHaveBeenCalledOnce();
    expect(queue.size).toBe(0);
  });

  it("keeps what is said while one is logged out, and goes on after", async () => {
    let isOut = true;
    const sent: string[] = [];
    const { queue, onState, onRefused } = make((each) => {
      if (isOut) return Promise.reject(fault(401));
      sent.push(each.tag);
      return Promise.resolve("ok");
    });
    queue.add(order("1"));
    await vi.waitFor(() => expect(onState).toHaveBeenLastCalledWith(1, true));
    queue.add(order("2"));
    await vi.waitFor(() => expect(onState).toHaveBeenLastCalledWith(2, true));
    isOut = false;
    await queue.go();
    expect([sent, onRefused.mock.calls.length]).toEqual([["1", "2"], 0]);
  });

  it("sends from a browser that keeps nothing, and says that nothing is kept", async () => {
    const full: Store = {
      getItem: () => null,
      removeItem: vi.fn(),
      setItem: () => {
        throw new Error("full");
      },
    };
    const { queue, onDone } = make(() => new Promise((done) => setTimeout(() => done("ok"), 5)), full);
    queue.add(order("1"));
    expect(queue.isKept).toBe(false);
    await vi.waitFor(() => expect(onDone).toHaveBeenCalledOnce());
    expect(queue.isKept).toBe(true);
  });
});
