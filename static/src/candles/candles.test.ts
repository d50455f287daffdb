import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../page/http";
import { candle, priced, readBars, readDetections, spoken, type Detection, type Verdict } from "./data";
import { actionOf, isTaken } from "./keys";
import { Queue, type Order } from "./queue";
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
      [7, 8],
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

  it("walks through what the filter lets through", () => {
    expect(neighbour(list, 0, 1, "all")).toBe(1);
    expect(neighbour(list, 0, 1, "done")).toBe(2);
    expect(neighbour(list, 3, -1, "open")).toBe(1);
    expect(neighbour(list, 3, 1, "all")).toBeUndefined();
  });

  it("goes on to what is not reviewed, from the beginning at the end", () => {
    expect(nextOpen(list, 1)).toBe(3);
    expect(nextOpen(list, 3)).toBe(1);
    expect(nextOpen([detection(1, 1, "right")], 0)).toBeUndefined();
  });

  it("draws the rows in view only", () => {
    expect(windowOf(0, 440, 44, 10_000)).toEqual({ from: 0, to: 15 });
    expect(windowOf(44_000, 440, 44, 1_005)).toEqual({ from: 995, to: 1_005 });
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
  });
});

describe("queue", () => {
  function make(send: (order: Order) => Promise<unknown>, store = localStorage) {
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
});
