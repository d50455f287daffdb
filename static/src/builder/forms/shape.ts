/** Which kind of field a JSON Schema asks for. */

import { isObject, type Json } from "../../canvas/graph";
import type { Schema } from "../../canvas/kinds";
import { resolve } from "../model/defaults";

export interface Variant {
  label: string;
  schema: Schema;
  /** The variant is this one value. */
  only?: Json;
}

export type Shape =
  | { kind: "expression" | "graph" | "schema" | "workflow" | "people" | "flag" | "any" | "json" }
  | { kind: "text"; isLong: boolean }
  | { kind: "number"; isWhole: boolean; isDuration: boolean }
  | { kind: "choice"; options: Json[] }
  | { kind: "list"; items: Schema }
  | { kind: "fields"; properties: [string, Schema][]; required: readonly string[] }
  | { kind: "table"; values: Schema }
  | { kind: "variants"; variants: Variant[]; by: string };

const LONG = 1000;

export function isNullable(given: Schema, root: Schema): boolean {
  return (resolve(given, root).anyOf ?? []).some((each) => each.type === "null");
}

export function shapeOf(given: Schema, root: Schema, name = ""): Shape {
  const schema = resolve(given, root);
  if (schema.format === "graph") return { kind: "graph" };
  if (schema.format === "json-schema") return { kind: "schema" };
  const union = schema.oneOf ?? schema.anyOf;
  if (union) return unionOf(schema, union, root, name);
  if (schema.format === "expression") return { kind: "expression" };
  if (schema.format === "people") return { kind: "people" };
  if (schema.format === "workflow") return { kind: "workflow" };
  if (schema.enum) return { kind: "choice", options: schema.enum };
  if (schema.const !== undefined) return { kind: "choice", options: [schema.const] };
  switch (schema.type) {
    case "string":
      return { kind: "text", isLong: (schema.maxLength ?? 0) >= LONG && !/url/i.test(name) };
    case "number":
    case "integer":
      return { kind: "number", isWhole: schema.type === "integer", isDuration: /(^|_)seconds$/.test(name) };
    case "boolean":
      return { kind: "flag" };
    case "array":
      return { kind: "list", items: schema.items ?? {} };
    case "object":
      return objectOf(schema);
    default:
      return { kind: "any" };
  }
}

function objectOf(schema: Schema): Shape {
  const { properties, additionalProperties: more } = schema;
  if (properties)
    return { kind: "fields", properties: Object.entries(properties), required: schema.required ?? [] };
  return { kind: "table", values: typeof more === "object" ? more : {} };
}

function unionOf(schema: Schema, union: Schema[], root: Schema, name: string): Shape {
  const rest = union.filter((each) => each.type !== "null");
  const [first] = rest;
  if (rest.length === 1 && first) return shapeOf(resolve(first, root), root, name);
  const scalars = rest.every(({ type }) => ["string", "integer", "number", "boolean"].includes(type ?? ""));
  if (scalars && rest.length > 2 && !schema.format) return { kind: "any" };
  const by = schema.discriminator?.propertyName ?? "";
  return {
    kind: "variants",
    by,
    variants: rest.flatMap((each) => variantsOf(each, root, by, schema.format)),
  };
}

function variantsOf(given: Schema, root: Schema, by: string, format: string | undefined): Variant[] {
  const schema = resolve(given, root);
  const named = by ? schema.properties?.[by]?.const : undefined;
  if (named !== undefined) return [{ label: wordOf(named), schema }];
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values) return values.map((only) => ({ label: wordOf(only), schema, only }));
  if (schema.type === "string" && format === "expression")
    return [{ label: "Expression", schema: { ...schema, format } }];
  return [{ label: schema.title ?? TYPE_WORDS[schema.type ?? ""] ?? "Other", schema }];
}

const TYPE_WORDS: Record<string, string> = {
  string: "Text",
  integer: "Number",
  number: "Number",
  boolean: "Yes or no",
  array: "List",
  object: "Fields",
};

/** The variant that the value is, or the first. */
export function variantFor(value: Json | undefined, variants: readonly Variant[], by: string): number {
  const exact = variants.findIndex((each) => "only" in each && each.only === value);
  if (exact >= 0) return exact;
  const found = variants.findIndex((each) => !("only" in each) && fits(value, each.schema, by));
  return Math.max(found, 0);
}

function fits(value: Json | undefined, schema: Schema, by: string): boolean {
  if (schema.type === "object") {
    if (!isObject(value)) return false;
    if (by) return value[by] === schema.properties?.[by]?.const;
    return (schema.required ?? []).every((key) => key in value);
  }
  if (schema.type === "integer" || schema.type === "number") return typeof value === "number";
  if (schema.type === "array") return Array.isArray(value);
  return typeof value === schema.type;
}

/** `deadline_seconds` → "Deadline". */
export function labelOf(name: string, schema: Schema): string {
  const words = (name || (schema.title ?? ""))
    .replace(/_seconds$/, "")
    .replace(/_/g, " ")
    .trim();
  if (words === "url") return "URL";
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function wordOf(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return /^[a-z]+$/.test(value) ? value.charAt(0).toUpperCase() + value.slice(1) : value;
}

/** The source of a value that is an expression; null for any other. */
export function expressionIn(value: Json | undefined): string | null {
  if (!isObject(value) || Object.keys(value).length !== 1) return null;
  return typeof value["="] === "string" ? value["="] : null;
}
