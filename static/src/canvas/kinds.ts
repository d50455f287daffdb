/** The node types that the server knows, as `/api/v1/node-types/` tells them. */

import { callApi } from "../page/http";
import { configOf, dataOf, DEFAULT_PORT, ERROR_PORT, isObject, type Json, type Part, textOf } from "./graph";

export interface Kind {
  name: string;
  title: string;
  description: string;
  category: string;
  icon: string;
  /** pure, idempotent, once, wait; or varies, where the configuration decides. */
  effect: string;
  /** Ports of a node without configuration. */
  ports: string[];
  /** Where the configuration names ports, as `rules.*.port`; empty where they never change. */
  port_paths: string[];
  /** Fields in which `{"=": …}` is not an expression. */
  raw_fields: string[];
  /** The field that holds a graph of its own, or an empty string. */
  body_field: string;
  schema: Schema;
}

export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  default?: Json;
  const?: Json;
  enum?: Json[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  discriminator?: { propertyName: string; mapping?: Record<string, string> };
  $ref?: string;
  $defs?: Record<string, Schema>;
}

export type Kinds = ReadonlyMap<string, Kind>;

export async function loadKinds(url = "/api/v1/node-types/"): Promise<Kinds> {
  const kinds = (await callApi("GET", url)) as Kind[];
  return new Map(kinds.map((kind) => [kind.name, kind]));
}

/** Names of the registry's icons in the sprite of the pages, where they differ (as in drawing.py). */
const ICONS: Record<string, string> = {
  bolt: "zap",
  clock: "timer",
  function: "wand-sparkles",
  nested: "network",
  person: "user-check",
  signal: "radio",
  stop: "circle-stop",
};

export function iconOf(kind: Kind | undefined): string {
  return kind ? (ICONS[kind.icon] ?? kind.icon) : "circle-question-mark";
}

/** The ports that edges may leave a node from, in the order of its configuration; the server agrees. */
export function portsOf(node: Part, kind: Kind | undefined): string[] {
  const own = kind ? namedPorts(configOf(node), kind) : [DEFAULT_PORT];
  return dataOf(node).on_error === "route" ? [...own, ERROR_PORT] : own;
}

function namedPorts(config: Json, kind: Kind): string[] {
  if (kind.port_paths.length === 0) return kind.ports;
  const found = kind.port_paths.flatMap((path) => valuesAt(config, path.split(".")));
  return [...new Set(found.map(textOf).filter(Boolean))];
}

function valuesAt(value: Json | undefined, path: string[]): Json[] {
  const [step, ...rest] = path;
  if (value === undefined) return [];
  if (step === undefined) return [value];
  if (step === "*") return Array.isArray(value) ? value.flatMap((each) => valuesAt(each, rest)) : [];
  return isObject(value) ? valuesAt(value[step], rest) : [];
}
