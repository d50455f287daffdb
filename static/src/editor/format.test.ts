import { describe, expect, it } from "vitest";
import { formatJson } from "./format";

describe("formatJson", () => {
  it("puts known keys in reading order and short things on one line", () => {
    const nodes = [{ type: "t", data: { config: { long: "x".repeat(90) }, title: "T" }, id: "a" }, {}];
    const edges = [{ target: "b", id: "e", source: "a" }];
    const text = formatJson({ edges, nodes });
    expect(text).toContain('{ "id": "e", "source": "a", "target": "b" }');
    expect(text.indexOf('"id": "a"')).toBeLessThan(text.indexOf('"type": "t"'));
    expect(text.indexOf('"title"')).toBeLessThan(text.indexOf('"config"'));
    expect(JSON.parse(text)).toEqual({ nodes, edges });
  });

  it.each([[null], [0.5], ['a\n"b"'], [[]], [{}], [[1, [2, { a: [] }]]], [{ é: "ü" }]])(
    "keeps the meaning of %j",
    (value) => {
      expect(JSON.parse(formatJson(value))).toEqual(value);
    },
  );

  it("changes nothing the second time", () => {
    const once = formatJson({
      nodes: [{ id: "a", data: { config: { text: "y".repeat(120), list: [1, 2] } } }],
    });
    expect(formatJson(JSON.parse(once))).toBe(once);
  });
});
