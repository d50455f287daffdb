/** What a new node's configuration, or a new item of a list, begins with: what the schema demands. */

import type { Json, JsonObject } from "../../canvas/graph";
import type { Kind, Schema } from "../../canvas/kinds";
import { without } from "./change";

export function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace("#/$defs/", "");
  return { ...(root.$defs?.[name] ?? {}), ...without(schema as JsonObject, "$ref") };
}

export function defaultConfig(kind: Kind): JsonObject {
  const config = defaultOf(kind.schema, kind.schema);
  return typeof config === "object" && config !== null && !Array.isArray(config) ? config : {};
}

export function defaultOf(given: Schema, root: Schema): Json {
  const schema = resolve(given, root);
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  const variant = (schema.oneOf ?? schema.anyOf)?.[0];
  if (variant) return defaultOf(variant, root);
  if (schema.enum) return schema.enum[0] ?? null;
  switch (schema.type) {
    case "object":
      if (schema.format === "graph") return { nodes: [], edges: [] };
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, defaultOf(schema.properties?.[name] ?? {}, root)]),
      );
    case "array":
      return schema.minItems ? [defaultOf(schema.items ?? {}, root)] : [];
    case "string":
      return "";
    case "number":
    case "integer":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    default:
      return null;
  }
}
