import { describe, expect, it } from "vitest";
import { counted, grouped, type Problem, withoutPlace } from "./problems";

const PROBLEMS: Problem[] = [
  { code: "unknown_type", message: "<b>nope</b>", node: "a" },
  { code: "unused", message: "never used", edge: "e", severity: "warning" },
  { code: "no_entry", message: "no entry" },
  { code: "bad_field", message: "too long", node: "a", path: "data.title" },
];

describe("problems", () => {
  it("are grouped by where they sit, the graph's own first", () => {
    expect(grouped(PROBLEMS).map(({ title, problems }) => [title, problems.length])).toEqual([
      ["Graph", 1],
      ["Node a", 2],
      ["Edge e", 1],
    ]);
  });

  it("are counted in words", () => {
    expect(counted([])).toBe("No problems");
    expect(counted(PROBLEMS)).toBe("3 problems, 1 warning");
    expect(counted(PROBLEMS.slice(0, 1))).toBe("1 problem");
  });

  it("do not repeat where they sit", () => {
    const told = (message: string) => withoutPlace({ code: "c", message, node: "a" });
    expect(told("Node a at data.title: too long.")).toBe("Too long.");
    expect(told("Node a: there is no such type.")).toBe("There is no such type.");
    expect(told("Nothing leads to a.")).toBe("Nothing leads to a.");
    expect(withoutPlace({ code: "c", message: "Node x: y" })).toBe("Node x: y");
  });
});
