import { beforeEach, describe, expect, it, vi } from "vitest";
import { drop, restoreTree, rowsWith, toggleFolder } from "./tree";

function show(markup: string): void {
  document.body.replaceChildren(document.createRange().createContextualFragment(markup));
}

const TREE = `
  <ul>
    <li data-folder="1">
      <div class="side-row"><a data-folder-drop="1" data-folder-path="A">A</a>
        <button data-folder-toggle aria-expanded="true" aria-controls="in-1"></button></div>
      <ul id="in-1" class="folder-children">
        <li data-folder="2"><div class="side-row"><a data-folder-drop="2" data-folder-path="A/B">B</a></div></li>
      </ul>
    </li>
  </ul>
  <table>
    <tr data-workflow="x" data-selected></tr><tr data-workflow="y" data-selected></tr><tr data-workflow="z"></tr>
  </table>
  <div id="toasts"></div>`;

function get(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(selector);
  return found;
}

beforeEach(() => {
  localStorage.clear();
  show(TREE);
});

describe("the tree", () => {
  it("stays closed where it was closed, unless the current folder is in there", () => {
    toggleFolder(get("[data-folder-toggle]"));
    expect(get("#in-1").hidden).toBe(true);
    show(TREE);
    restoreTree();
    expect(get("#in-1").hidden).toBe(true);
    get('[data-folder-drop="2"]').setAttribute("aria-current", "page");
    restoreTree();
    expect(get("#in-1").hidden).toBe(false);
  });

  it("survives whatever stands in the browser's store", () => {
    localStorage.setItem("library:closed-folders", "{");
    restoreTree();
    expect(get("#in-1").hidden).toBe(false);
  });
});

describe("dragging", () => {
  it("takes all selected rows along if it begins at one of them", () => {
    const ids = (row: string) => rowsWith(get(`[data-workflow=${row}]`)).map((each) => each.dataset.workflow);
    expect([ids("y"), ids("z")]).toEqual([["x", "y"], ["z"]]);
  });

  it("files one workflow by its folder's path, and moves a folder", async () => {
    const sent = vi.fn<typeof fetch>(() => Promise.resolve(new Response("{}")));
    vi.stubGlobal("fetch", sent);
    await drop({ workflows: ["z"] }, get('[data-folder-drop="2"]'));
    await drop({ workflows: [], folder: "2" }, get('[data-folder-drop="1"]'));
    expect(sent.mock.calls.map(([url, init]) => [url, init?.body])).toEqual([
      ["/api/v1/workflows/z/", '{"folder":"A/B"}'],
      ["/api/v1/folders/2/", '{"parent":"1"}'],
    ]);
  });

  it("tells why something cannot lie there", async () => {
    const problem = { status: 400, code: "invalid", detail: "cannot lie inside itself" };
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(problem), { status: 400 })));
    await drop({ workflows: [], folder: "1" }, get('[data-folder-drop="2"]'));
    expect(get("#toasts").textContent).toContain("cannot lie inside itself");
  });
});
