import { describe, expect, it, vi } from "vitest";
import { BarStore, PIECE } from "./bars";
import { weightOf, wordsOf, ZoneClock } from "./clock";

function bars(first: number, last: number): ArrayBuffer {
  const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return new Float64Array([numbers, numbers, numbers, numbers, numbers].flat()).buffer;
}

function make(first: number, last: number) {
  const load = vi.fn((from: number, to: number) => Promise.resolve(bars(from, to)));
  return { store: new BarStore({ first, last }, load), load };
}

describe("bars", () => {
  it("come in pieces, each once, cut to the session", async () => {
    const { store, load } = make(100, 3 * PIECE + 9);
    await Promise.all([store.need(PIECE - 5, PIECE + 5), store.need(PIECE, PIECE)]);
    expect(load.mock.calls).toEqual([
      [100, PIECE - 1],
      [PIECE, 2 * PIECE - 1],
    ]);
    await store.need(0, 2 * PIECE - 1);
    expect(load).toHaveBeenCalledTimes(2);
    expect([store.time(100), store.time(PIECE), store.time(2 * PIECE), store.time(99)]).toEqual([
      100,
      PIECE,
      undefined,
      undefined,
    ]);
  });

  it("are told as one stretch only where none is missing in between", async () => {
    const { store } = make(0, 4 * PIECE - 1);
    await store.need(0, 0);
    await store.need(2 * PIECE, 2 * PIECE);
    expect(store.around(5)).toEqual({ first: 0, last: PIECE - 1 });
    expect(store.around(2 * PIECE)).toEqual({ first: 2 * PIECE, last: 3 * PIECE - 1 });
    expect(store.around(PIECE)).toBeUndefined();
    await store.need(PIECE, PIECE);
    expect(store.around(5)).toEqual({ first: 0, last: 3 * PIECE - 1 });
    expect([store.isWhole(0, 3 * PIECE - 1), store.isWhole(0, 3 * PIECE)]).toEqual([true, false]);
  });

  it("that did not come are asked for again", async () => {
    const { store, load } = make(0, 9);
    load.mockRejectedValueOnce(new Error("away"));
    await expect(store.need(0, 9)).rejects.toThrow("away");
    load.mockResolvedValueOnce(bars(0, 3));
    await expect(store.need(0, 9)).rejects.toThrow("whole");
    await store.need(0, 9);
    expect(store.has(9)).toBe(true);
  });
});

describe("the axis of time", () => {
  const at = (text: string): number => Date.parse(text) / 1000;

  it("is the reader's clock, on both sides of a change of clocks", () => {
    const clock = new ZoneClock("Europe/Berlin");
    const ahead = (text: string): number => (clock.local(at(text)) - at(text)) / 3600;
    expect([ahead("2024-03-31T00:59:00Z"), ahead("2024-03-31T01:00:00Z")]).toEqual([1, 2]);
    expect([ahead("2024-10-27T00:59:00Z"), ahead("2024-10-27T01:00:00Z")]).toEqual([2, 1]);
    expect(new ZoneClock("Asia/Kolkata").local(at("2024-01-01T00:00:00Z"))).toBe(at("2024-01-01T05:30:00Z"));
  });

  it("begins a day at the reader's midnight, also after a weekend", () => {
    const clock = new ZoneClock("America/New_York");
    const weight = (now: string, before: string): number =>
      weightOf(clock.local(at(now)), clock.local(at(before)));
    expect(weight("2024-01-10T00:00:00Z", "2024-01-09T23:00:00Z")).toBeLessThan(50);
    expect(weight("2024-01-10T05:00:00Z", "2024-01-10T04:00:00Z")).toBe(50);
    expect(weight("2024-01-14T22:00:00Z", "2024-01-12T21:00:00Z")).toBe(50);
    expect(weight("2024-02-01T05:00:00Z", "2024-02-01T04:00:00Z")).toBe(60);
  });

  it("names bars of a day by their date, wherever one reads them", () => {
    const day = at("2024-01-10T00:00:00Z");
    expect(wordsOf("America/New_York", 86_400).exact(day)).toBe("10 Jan 2024");
    expect(wordsOf("America/New_York", 3_600).exact(day)).toContain("9 Jan 2024");
  });
});
