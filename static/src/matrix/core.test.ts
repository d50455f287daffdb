import { describe, expect, it } from "vitest";
import { BadNumber, parsed, plain, rank, shares } from "./core";
import vectors from "./vectors.json";

describe("what the server reckons", () => {
  it.each(vectors)("is reckoned here alike: $name", ({ weights, scores, shares: parts, standings }) => {
    expect(shares(weights)).toEqual(parts);
    expect(
      rank(weights, scores).map(({ total, rank: place, missing, isTied }) => [total, place, missing, isTied]),
    ).toEqual(standings);
  });
});

describe("what is typed", () => {
  it.each([
    ["7", 70_000],
    [" 7.5 ", 75_000],
    ["7,25", 72_500],
    [".5", 5_000],
    ["10.0000000", 100_000],
    ["0.0001", 1],
    ["", null],
  ])("%j is read exactly", (text, value) => {
    expect(parsed(text, 10)).toBe(value);
  });

  it.each(["-1", "10.0001", "1e1", "seven", ".", "0.00001", "99999999999"])("%j is refused", (text) => {
    expect(() => parsed(text, 10)).toThrow(BadNumber);
  });

  it("is written as it was read", () => {
    for (const text of ["0", "7.5", "10", "0.0001", "3.1415"])
      expect(plain(parsed(text, 10) ?? -1)).toBe(text);
  });
});
