/** Whom an approval can be addressed to: roles, people, and names as they are typed. */

import { isObject, type Json, textOf } from "../../canvas/graph";

export interface Choice {
  /** As it stands in the graph. */
  address: string;
  label: string;
  note: string;
  /** Whoever does not see the workflow cannot answer. */
  isBlind?: boolean;
}

const ROLES: readonly Choice[] = [
  { address: "role:admin", label: "All admins", note: "role" },
  { address: "role:user", label: "All users", note: "role" },
  { address: "role:viewer", label: "All viewers", note: "role" },
];
const USERNAME = /^[\w.@+-]{1,150}$/;

export function peopleIn(answer: Json): Choice[] {
  return (Array.isArray(answer) ? answer : []).filter(isObject).map((each) => {
    const username = textOf(each.username);
    return {
      address: `user:${username}`,
      label: textOf(each.name) || username,
      note: username,
      isBlind: each.may_see === false,
    };
  });
}

/** What to offer for the typed words: who is not chosen yet, and last what was typed, as a user name. */
export function choicesFor(typed: string, people: readonly Choice[], chosen: readonly string[]): Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...people, ...ROLES].filter(
    ({ address, label, note }) =>
      !chosen.includes(address) &&
      words.every((word) => `${label} ${note} ${address}`.toLowerCase().includes(word)),
  );
  const name = typed.trim().replace(/^user:/, "");
  const address = `user:${name}`;
  const isKnown = chosen.includes(address) || people.some((each) => each.address === address);
  if (!isKnown && USERNAME.test(name)) found.push({ address, label: `“${name}”`, note: "as a user name" });
  return found;
}

export function labelOfAddress(address: string, people: readonly Choice[]): string {
  const known = [...ROLES, ...people].find((each) => each.address === address);
  return known?.label ?? address.replace(/^user:/, "");
}
