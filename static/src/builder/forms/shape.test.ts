import { describe, expect, it } from "vitest";
import { asKind, kindOf } from "./AnyField";
import { isSimple } from "./SchemaEditor";
import { expressionIn, isNullable, labelOf, shapeOf, variantFor } from "./shape";
import { unitFor } from "./simple";
import type { Schema } from "../../canvas/kinds";

const root: Schema = {
  $defs: {
    Signal: { type: "object", title: "Signal", properties: { signal: {} }, required: ["signal"] },
    Timer: { type: "object", title: "Timer", properties: { seconds: {} }, required: ["seconds"] },
    Mail: { type: "object", properties: { action: { const: "mail" } } },
    Log: { type: "object", properties: { action: { const: "log" } } },
  },
};

describe("the shape of a field", () => {
  it.each<[Schema, string, string]>([
    [{ type: "string" }, "title", "text"],
    [{ type: "string", format: "expression" }, "when", "expression"],
    [{ anyOf: [{ type: "number" }, { type: "null" }] }, "deadline_seconds", "number"],
    [{ enum: ["a", "b"], type: "string" }, "mode", "choice"],
    [{ type: "object", additionalProperties: { type: "string" } }, "headers", "table"],
    [{ type: "array", items: {} }, "items", "list"],
    [{ type: "object", format: "graph" }, "body", "graph"],
    [{ anyOf: [{ type: "object" }, { type: "null" }], format: "json-schema" }, "form", "schema"],
    [{ anyOf: [{ type: "string" }, { type: "integer" }, { type: "boolean" }] }, "", "any"],
    [{}, "payload", "any"],
  ])("of %j named %s is %s", (schema, name, kind) => {
    expect(shapeOf(schema, root, name).kind).toBe(kind);
  });

  it("tells lengths of time, and calls them without their unit", () => {
    const schema = { type: "number" };
    expect(shapeOf(schema, root, "timeout_seconds")).toMatchObject({ isDuration: true });
    expect(labelOf("timeout_seconds", schema)).toBe("Timeout");
    expect([5400, 86_400, 7, 0].map((seconds) => unitFor(seconds)[0])).toEqual([
      "minutes",
      "days",
      "seconds",
      "seconds",
    ]);
  });

  it("is a choice of variants, by title, by value or by the field that names them", () => {
    const options = shapeOf({ anyOf: [{ $ref: "#/$defs/Signal" }, { $ref: "#/$defs/Timer" }] }, root);
    if (options.kind !== "variants") throw new Error(options.kind);
    expect(options.variants.map(({ label }) => label)).toEqual(["Signal", "Timer"]);
    expect(variantFor({ seconds: 1 }, options.variants, "")).toBe(1);
    const actions = shapeOf(
      {
        oneOf: [{ $ref: "#/$defs/Mail" }, { $ref: "#/$defs/Log" }],
        discriminator: { propertyName: "action" },
      },
      root,
    );
    if (actions.kind !== "variants") throw new Error(actions.kind);
    expect(variantFor({ action: "log" }, actions.variants, actions.by)).toBe(1);
    const quorum = shapeOf({ anyOf: [{ enum: ["any", "all"], type: "string" }, { type: "integer" }] }, root);
    if (quorum.kind !== "variants") throw new Error(quorum.kind);
    expect(quorum.variants.map(({ label }) => label)).toEqual(["Any", "All", "Number"]);
    expect([variantFor("all", quorum.variants, ""), variantFor(3, quorum.variants, "")]).toEqual([1, 2]);
  });

  it("may be empty where null is one of the kinds", () => {
    expect(isNullable({ anyOf: [{ type: "string" }, { type: "null" }] }, root)).toBe(true);
    expect(isNullable({ type: "string" }, root)).toBe(false);
  });
});

describe("values of any kind", () => {
  it("are told apart", () => {
    expect([null, "", 1, false, [], {}, { "=": "x" }, { "=": "x", y: 1 }].map(kindOf)).toEqual([
      "nothing",
      "text",
      "number",
      "flag",
      "list",
      "fields",
      "expression",
      "fields",
    ]);
    expect(expressionIn({ "=": 1 })).toBeNull();
  });
  it("keep what they can when they become another kind", () => {
    expect(asKind(5, "expression")).toEqual({ "=": "5" });
    expect(asKind({ "=": "input.x" }, "text")).toBe("input.x");
    expect(asKind("7", "number")).toBe(7);
    expect(asKind({ a: 1 }, "fields")).toEqual({ a: 1 });
  });
});

it("a schema with more than fields can say is edited as text", () => {
  const field = { type: "number", minimum: 1 };
  expect(isSimple({ type: "object", properties: { a: field }, required: ["a"] })).toBe(true);
  expect(isSimple({ type: "object", properties: { a: { type: "array" } } })).toBe(false);
  expect(isSimple({ type: "object", oneOf: [] })).toBe(false);
});
