/** The forms of conditions: what each kind asks, and what an answer to it looks like. */

import type { Condition } from "./model";

export const ALWAYS = "always";
type Lists = "scopes" | "boundaries" | "sections";

/** Kinds that are a choice of several names, and where these stand in the value. */
export const LISTS: Readonly<Record<string, Lists>> = {
  scope_match: "scopes",
  profile_boundary: "boundaries",
  section_selected: "sections",
  section_active: "sections",
};

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The names that are chosen. */
export function chosenIn({ type, value }: Condition): string[] {
  const names = fieldsOf(value)[LISTS[type] ?? ""];
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === "string") : [];
}

/** The flags that are asked for, each with what it must be. */
export function flagsIn({ type, value }: Condition): Record<string, unknown> {
  return type === "profile_flag" ? fieldsOf(value) : {};
}

export function expressionIn({ type, value }: Condition): string {
  const text = fieldsOf(value).expression;
  return type === "expression" && typeof text === "string" ? text : "";
}

/** The condition with a name chosen, or not any more. */
export function withName(condition: Condition, name: string, isChosen: boolean): Condition {
  const others = chosenIn(condition).filter((each) => each !== name);
  return {
    type: condition.type,
    value: { [LISTS[condition.type] ?? ""]: isChosen ? [...others, name] : others },
  };
}

/** The condition with a flag asked to be so; undefined leaves the flag out. */
export function withFlag(condition: Condition, flag: string, want: boolean | undefined): Condition {
  const others = Object.entries(flagsIn(condition)).filter(([name]) => name !== flag);
  return {
    type: condition.type,
    value: Object.fromEntries(want === undefined ? others : [...others, [flag, want]]),
  };
}

/** What a kind begins with, before anything is filled in. */
export function beginning(type: string): Condition {
  const list = LISTS[type];
  if (list) return { type, value: { [list]: [] } };
  if (type === "profile_flag") return { type, value: {} };
  return { type, value: type === "expression" ? { expression: "" } : null };
}

/** What is still to be filled in, told to the author; null where the server may be asked. */
export function missing(condition: Condition): string | null {
  if (condition.type in LISTS) return chosenIn(condition).length > 0 ? null : "Choose at least one.";
  if (condition.type === "profile_flag")
    return Object.keys(flagsIn(condition)).length > 0 ? null : "Choose yes or no for at least one.";
  if (condition.type === "expression") return expressionIn(condition).trim() ? null : "Write an expression.";
  return null;
}

export function sameCondition(a: Condition, b: Condition): boolean {
  return JSON.stringify([a.type, a.value ?? null]) === JSON.stringify([b.type, b.value ?? null]);
}
