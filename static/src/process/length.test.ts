import { describe, expect, it } from "vitest";
import { announcement, lengthOf } from "./length";

describe("the length of an answer", () => {
  it("is counted in code points, as the server does", () => {
    expect(lengthOf("🙂é", 10).used).toBe(2);
  });

  it("warns near the limit and says by how much it is passed", () => {
    expect(lengthOf("x".repeat(8), 10)).toEqual({ used: 8, words: "8 of 10 characters", tone: "" });
    expect(lengthOf("x".repeat(9), 10).tone).toBe("tone-waiting");
    expect(lengthOf("x".repeat(12), 10)).toMatchObject({ words: "2 too many of 10", tone: "tone-bad" });
  });

  it("is not shown while a large limit is far away", () => {
    expect(lengthOf("x".repeat(100), 20_000).words).toBe("");
    expect(lengthOf("x".repeat(18_000), 20_000).words).toBe("18,000 of 20,000 characters");
  });

  it("is announced only when that changes what one would do", () => {
    const short = lengthOf("x", 10);
    const close = lengthOf("x".repeat(9), 10);
    const long = lengthOf("x".repeat(12), 10);
    expect(announcement(short, lengthOf("xx", 10), 10)).toBe("");
    expect(announcement(short, close, 10)).toBe("Characters left: 1.");
    expect(announcement(close, long, 10)).toBe("The answer is too long by 2 characters.");
    expect(announcement(long, short, 10)).toBe("The answer fits.");
  });
});
