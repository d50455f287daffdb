import { describe, expect, it } from "vitest";
import { type ChartData, say, sayOnAxis, stacked, ticks, told } from "./model";

const data: ChartData = {
  kind: "stack",
  unit: "count",
  labels: ["1 Mar", "2 Mar"],
  series: [
    { label: "Successful", tone: "good", values: [3, 5] },
    { label: "Failed", tone: "bad", values: [1, null] },
  ],
};

describe("a chart's arithmetic", () => {
  it("puts each series on top of those before it", () => {
    expect(stacked(data.series)).toEqual([
      [3, 5],
      [4, 5],
    ]);
  });

  it("says one place in a sentence", () => {
    expect(told(data, 0)).toBe("1 Mar: Successful 3, Failed 1");
    expect(told(data, 1)).toBe("2 Mar: Successful 5, Failed –");
  });

  it("names no unit along an axis that has one, and gives nought no sign", () => {
    expect(sayOnAxis(11_500, "usdc")).toBe("11,500");
    expect(sayOnAxis(-0.25, "usdc")).toBe("\u22120.25");
    expect(sayOnAxis(-1_250_000_000, "isk")).toBe("\u22121.3B");
    expect(say(20_443_073_476.6, "isk")).toBe("20,443,073,477 ISK");
    expect(say(-0.0001, "fall")).toBe("0.0 %");
    expect(say(-0.012, "fall")).toBe("\u22121.2 %");
  });

  it.each([
    [null, "ms", "–"],
    [0.4, "ms", "<1 ms"],
    [842, "ms", "842 ms"],
    [12_400, "ms", "12.4 s"],
    [200_000, "ms", "3 min 20 s"],
    [7_500_000, "ms", "2 h 5 min"],
    [349_200_000, "ms", "4 d 1 h"],
    [0.999, "share", "99 %"],
    [0.001, "share", "1 %"],
    [1, "share", "100 %"],
    [0.0123, "usd", "$0.0123"],
    [12.3, "usd", "$12.30"],
    [0.7, "price", "0.70"],
    [0.7125, "price", "0.7125"],
    [12345, "count", "12,345"],
  ] as const)("writes %s %s as the tables do", (value, unit, text) => {
    expect(say(value, unit)).toBe(text);
  });

  it("leaves labels out where there is no room", () => {
    expect(ticks(7, 10)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ticks(30, 8)).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
    expect(ticks(0, 8)).toEqual([]);
  });
});
