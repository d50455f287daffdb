/** Changes of JSON values that leave the original alone. */

import { isObject, type Json, type JsonObject } from "../../canvas/graph";

export type Steps = readonly (string | number)[];

/** The value with another one at the path; undefined takes it out, and objects on the way are made. */
export function setIn(value: Json | undefined, steps: Steps, next: Json | undefined): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return next;
  if (typeof step === "number") {
    const list = Array.isArray(value) ? [...value] : [];
    const inner = setIn(list[step], rest, next);
    if (inner === undefined) list.splice(step, 1);
    else list[step] = inner;
    return list;
  }
  const before = isObject(value) ? value : {};
  const inner = setIn(before[step], rest, next);
  if (inner !== undefined) return { ...before, [step]: inner };
  return without(before, step);
}

/** The object without some of its keys. */
export function without(value: JsonObject, ...keys: string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

export function getIn(value: Json | undefined, steps: Steps): Json | undefined {
  let found: Json | undefined = value;
  for (const step of steps) {
    if (typeof step === "number") found = Array.isArray(found) ? found[step] : undefined;
    else found = isObject(found) ? found[step] : undefined;
  }
  return found;
}

/** Whether two values are the same JSON, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((each, index) => sameJson(each, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]));
}
