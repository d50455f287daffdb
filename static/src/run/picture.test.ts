import { beforeEach, expect, test } from "vitest";
import { Picture } from "./picture";
import type { Mark, Marks } from "./marks";

const SVG = "http://www.w3.org/2000/svg";
let root: HTMLElement;

function part(parent: Element, tag: string, attributes: Record<string, string>): Element {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

beforeEach(() => {
  document.documentElement.dataset.icons = "/icons.svg";
  root = document.createElement("div");
  const svg = part(root, "svg", {});
  const node = part(svg, "g", { "data-node": "a", "data-note": "Action", "data-state": "" });
  part(node, "use", { class: "node-mark", href: "" });
  part(node, "text", { class: "node-note" }).textContent = "Action";
  part(svg, "g", { "data-edge": "e" });
  const word = document.createElement("span");
  word.dataset.nodeWords = "a";
  root.append(word);
});

const mark: Mark = { state: "done", times: 2, done: null, total: null };
const done: Marks = { nodes: { a: mark }, edges: ["e"] };

test("a mark changes state, icon, note and words", () => {
  new Picture(root).show(done);
  const node = root.querySelector<SVGGElement>("[data-node]");
  expect(node?.dataset.state).toBe("done");
  expect(node?.querySelector(".node-mark")?.getAttribute("href")).toBe("/icons.svg#circle-check");
  expect(node?.querySelector(".node-note")?.textContent).toBe("Done · 2×");
  expect(root.querySelector("span")?.textContent).toBe(": Done · 2×");
  expect(root.querySelector("[data-edge]")?.hasAttribute("data-taken")).toBe(true);
});

test("going back in time takes marks away", () => {
  const picture = new Picture(root);
  picture.show(done);
  picture.show({ nodes: {}, edges: [] });
  const node = root.querySelector<SVGGElement>("[data-node]");
  expect(node?.dataset.state).toBe("");
  expect(node?.querySelector(".node-note")?.textContent).toBe("Action");
  expect(node?.querySelector(".node-mark")?.getAttribute("href")).toBe("");
  expect(root.querySelector("[data-edge]")?.hasAttribute("data-taken")).toBe(false);
});
