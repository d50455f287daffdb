import { beforeEach, describe, expect, it, vi } from "vitest";
import { BarStore, PIECE } from "./bars";
import { CandleChart } from "./chart";
import { wordsOf } from "./clock";

const drawn: { bars: { time: number }[]; marks: { time: number }[] } = { bars: [], marks: [] };
let view = { from: 0, to: 100 };

vi.mock("lightweight-charts", () => {
  const scale = {
    getVisibleLogicalRange: () => view,
    setVisibleLogicalRange: (range: typeof view) => (view = range),
    subscribeVisibleLogicalRangeChange: () => undefined,
  };
  const series = {
    setData: (bars: typeof drawn.bars) => (drawn.bars = [...bars]),
    update: (bar: (typeof drawn.bars)[number]) => drawn.bars.push(bar),
    pop: () => drawn.bars.pop(),
    attachPrimitive: () => undefined,
    applyOptions: () => undefined,
  };
  return {
    CandlestickSeries: {},
    createChartEx: () => ({
      addSeries: () => series,
      timeScale: () => scale,
      subscribeClick: () => undefined,
      applyOptions: () => undefined,
    }),
    createSeriesMarkers: () => ({ setMarkers: (marks: typeof drawn.marks) => (drawn.marks = marks) }),
    defaultHorzScaleBehavior: () =>
      class {
        fillWeightsForPoints = (): void => undefined;
      },
  };
});

function bars(first: number, last: number): ArrayBuffer {
  const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return new Float64Array([numbers, numbers, numbers, numbers, numbers].flat()).buffer;
}

function seen(bar: number) {
  const where = { bar, price: 1, confirmed_at: bar + 2, top: null, bottom: null, origin: null };
  const what = { number: bar, kind: "swing_high", direction: "bearish", verdict: "" as const, reason: "" };
  return { ...where, ...what, time: bar, known_time: bar + 2 };
}

describe("the chart", () => {
  const load = vi.fn((first: number, last: number) => Promise.resolve(bars(first, last)));
  const onTrouble = vi.fn();
  let chart: CandleChart;

  beforeEach(() => {
    vi.stubGlobal("matchMedia", () => ({ addEventListener: () => undefined }));
    vi.stubGlobal("requestAnimationFrame", (draw: () => void) => {
      draw();
    });
    drawn.bars = drawn.marks = [];
    view = { from: 0, to: 100 };
    load.mockClear();
    onTrouble.mockClear();
    chart = new CandleChart({
      host: document.createElement("div"),
      bars: new BarStore({ first: 0, last: 4 * PIECE - 1 }, load),
      words: wordsOf("UTC", 60),
      onPick: () => undefined,
      onTrouble,
      onCrowd: () => undefined,
    });
  });

  it("draws no bar and no mark after the one that is replayed, nor asks for pieces that lie behind it", async () => {
    await chart.showTo(50);
    await chart.centre(50);
    chart.showDetections([seen(40), seen(60)], undefined);
    await Promise.resolve();
    expect([drawn.bars.length, drawn.bars.at(-1)?.time]).toEqual([51, 50]);
    expect(drawn.marks.map((mark) => mark.time)).toEqual([40]);
    await chart.showTo(51);
    expect(drawn.bars.at(-1)?.time).toBe(51);
    await chart.showTo(50);
    expect(drawn.bars.at(-1)?.time).toBe(50);
    expect(load.mock.calls).toEqual([[0, PIECE - 1]]);
  });

  it("never draws bars beside each other that are not neighbours", async () => {
    await chart.centre(10);
    await chart.centre(3 * PIECE + 10);
    const times = drawn.bars.map((bar) => bar.time);
    expect(times.every((time, at) => at === 0 || time === (times[at - 1] ?? 0) + 1)).toBe(true);
    expect(times).toContain(3 * PIECE + 10);
    expect(times).not.toContain(10);
  });

  it("says what did not come, and asks again when it is told to", async () => {
    load.mockRejectedValueOnce(new Error("away"));
    await chart.centre(10);
    expect(onTrouble).toHaveBeenLastCalledWith(true);
    expect(drawn.bars).toEqual([]);
    chart.retry();
    await vi.waitFor(() => expect(drawn.bars.length).toBeGreaterThan(0));
    expect(onTrouble).toHaveBeenLastCalledWith(false);
  });

  it("goes to the last place that was asked for", async () => {
    void chart.centre(10);
    await chart.centre(3 * PIECE + 10);
    expect(drawn.bars.at(-1)?.time).toBeGreaterThan(3 * PIECE);
  });
});
