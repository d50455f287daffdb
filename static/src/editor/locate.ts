/** Where in the text a node, an edge or one of their fields stands. */

import { jsonLanguage } from "@codemirror/lang-json";
import type { SyntaxNode } from "@lezer/common";

export interface Range {
  from: number;
  to: number;
}

export interface Place {
  node?: string | undefined;
  edge?: string | undefined;
  path?: string | undefined;
}

/** The range of the deepest part of `place` that the text has; null if it has neither node nor edge. */
export function locate(text: string, place: Place): Range | null {
  const root = jsonLanguage.parser.parse(text).topNode.firstChild;
  const [list, id] = place.node !== undefined ? ["nodes", place.node] : ["edges", place.edge];
  if (!root || id === undefined) return null;
  const part = findPart(text, property(text, root, list), id);
  if (!part) return null;
  return pathRange(text, part, place.path) ?? idRange(text, part);
}

/** The first place where the text is no JSON; null if it is. */
export function syntaxError(text: string): { position: number; message: string } | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : "This is not JSON.";
    const told = /position (\d+)/.exec(message)?.[1];
    const position = told === undefined ? firstFault(text) : Number(told);
    return { position: Math.min(position, text.length), message: plain(message) };
  }
}

function firstFault(text: string): number {
  let found = text.length;
  jsonLanguage.parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) found = Math.min(found, node.from);
    },
  });
  return found;
}

/** The engine's words without the excerpt and the position, which are shown in other ways. */
function plain(message: string): string {
  const words = message
    .replace(/,? ?(\.\.\.)?".*" is not valid JSON/s, "")
    .replace(/ in JSON at position.*$/s, "");
  return `This is not JSON: ${words.charAt(0).toLowerCase()}${words.slice(1)}.`;
}

function items(list: SyntaxNode | null): SyntaxNode[] {
  return list?.name === "Array" ? list.getChildren("Object") : [];
}

function findPart(text: string, list: SyntaxNode | null, id: string): SyntaxNode | null {
  const all = items(list);
  const numbered = /^#(\d+)$/.exec(id)?.[1];
  return (
    all.find((part) => {
      const given = property(text, part, "id");
      return given !== null && unquoted(text, given) === id;
    }) ?? (numbered === undefined ? null : (all[Number(numbered)] ?? null))
  );
}

function pathRange(text: string, part: SyntaxNode, path: string | undefined): Range | null {
  let found: SyntaxNode | null = null;
  for (const step of path?.split(".") ?? []) {
    const next = child(text, found ?? part, step);
    if (!next) break;
    found = next;
  }
  if (!found) return null;
  const named = found.parent?.name === "Property" ? found.parent.from : found.from;
  return oneLine(text, { from: named, to: found.to });
}

function child(text: string, value: SyntaxNode, step: string): SyntaxNode | null {
  if (value.name === "Object") return property(text, value, step);
  if (value.name !== "Array" || !/^\d+$/.test(step)) return null;
  return values(value)[Number(step)] ?? null;
}

const VALUES = ["Object", "Array", "String", "Number", "True", "False", "Null"];

function values(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let at = node.firstChild; at; at = at.nextSibling) if (VALUES.includes(at.name)) found.push(at);
  return found;
}

function property(text: string, object: SyntaxNode, name: string): SyntaxNode | null {
  if (object.name !== "Object") return null;
  for (const each of object.getChildren("Property")) {
    const key = each.getChild("PropertyName");
    if (key && unquoted(text, key) === name) return values(each)[0] ?? null;
  }
  return null;
}

function idRange(text: string, part: SyntaxNode): Range {
  const id = property(text, part, "id");
  return id ? { from: id.from, to: id.to } : oneLine(text, part);
}

/** Long parts are marked on their first line only. */
function oneLine(text: string, { from, to }: Range): Range {
  const end = text.indexOf("\n", from);
  return { from, to: end < 0 ? to : Math.min(to, end) };
}

function unquoted(text: string, node: SyntaxNode): string {
  try {
    return String(JSON.parse(text.slice(node.from, node.to)));
  } catch {
    return "";
  }
}
