import { describe, expect, it } from "vitest";
import { locate, syntaxError } from "./locate";

const TEXT = `{
  "nodes": [
    { "id": "a", "type": "nope" },
    { "id": "b\\u0021", "data": { "config": { "rules": [{ "when": "1 +" }] } } },
    { "type": "no id" }
  ],
  "edges": [{ "id": "a", "source": "a", "target": "gone" }]
}`;

function at(place: Parameters<typeof locate>[1]): string | null {
  const range = locate(TEXT, place);
  return range && TEXT.slice(range.from, range.to);
}

describe("locate", () => {
  it("finds nodes and edges of the same id apart, and the fields that a path names", () => {
    expect(at({ node: "a" })).toBe('"a"');
    expect(at({ node: "a", path: "type" })).toBe('"type": "nope"');
    expect(at({ edge: "a", path: "target" })).toBe('"target": "gone"');
    expect(at({ node: "b!", path: "data.config.rules.0.when" })).toBe('"when": "1 +"');
  });

  it("goes as deep as the text does", () => {
    expect(at({ node: "b!", path: "data.config.missing.deeper" })).toContain('"config"');
    expect(at({ node: "a", path: "data.title" })).toBe('"a"');
  });

  it("finds a part without an id by its number", () => {
    expect(at({ node: "#2" })).toBe('{ "type": "no id" }');
  });

  it("is null for what the text does not have, and for text that is broken", () => {
    expect(at({ node: "c" })).toBeNull();
    expect(at({})).toBeNull();
    expect(locate("", { node: "a" })).toBeNull();
    expect(locate('{"nodes": 7}', { node: "a" })).toBeNull();
    expect(locate('{"nodes": [{"id": "a"', { node: "a" })).not.toBeUndefined();
  });
});

describe("syntaxError", () => {
  it("is null for JSON", () => {
    expect(syntaxError(TEXT)).toBeNull();
  });

  it.each([
    ['{"a": ,}', 6],
    ['{"a": 1', 7],
    ["", 0],
    ["[1 2]", 3],
  ])("tells where %s goes wrong", (text, position) => {
    const fault = syntaxError(text);
    expect(fault?.position).toBe(position);
    expect(fault?.message).toMatch(/^This is not JSON: .+\.$/);
  });
});
