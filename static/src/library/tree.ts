/** The folder tree: folders that stay closed, and what is dragged onto a folder. */

import { ApiError, callApi } from "../page/http";
import { toast } from "../page/toasts";
import { el } from "../page/dom";

const CLOSED = "library:closed-folders";
const KIND = "application/x-library";

/** What is being dragged: workflows (their ids), or one folder. */
export interface Load {
  workflows: string[];
  folder?: string;
}

function closedFolders(): Set<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(CLOSED) ?? "[]");
    return new Set(
      Array.isArray(kept) ? kept.filter((each): each is string => typeof each === "string") : [],
    );
  } catch {
    return new Set();
  }
}

function setOpen(toggle: HTMLElement, open: boolean): void {
  toggle.setAttribute("aria-expanded", String(open));
  const list = document.getElementById(toggle.getAttribute("aria-controls") ?? "");
  if (list) list.hidden = !open;
}

/** Close what was closed before; a folder that holds the current one stays open. */
export function restoreTree(root: ParentNode = document): void {
  const closed = closedFolders();
  for (const item of root.querySelectorAll<HTMLElement>("[data-folder]")) {
    const toggle = item.querySelector<HTMLElement>(":scope > .side-row > [data-folder-toggle]");
    const within = item.querySelector('.folder-children [aria-current="page"]') !== null;
    if (toggle) setOpen(toggle, within || !closed.has(item.dataset.folder ?? ""));
  }
}

export function toggleFolder(toggle: HTMLElement): void {
  const open = toggle.getAttribute("aria-expanded") !== "true";
  setOpen(toggle, open);
  const closed = closedFolders();
  const id = toggle.closest<HTMLElement>("[data-folder]")?.dataset.folder ?? "";
  if (open) closed.delete(id);
  else closed.add(id);
  localStorage.setItem(CLOSED, JSON.stringify([...closed].slice(-500)));
}

/** Rows that go along when one is dragged: all that are selected, if it is one of them. */
export function rowsWith(row: HTMLElement): HTMLElement[] {
  const selected = [...document.querySelectorAll<HTMLElement>("tr[data-workflow][data-selected]")];
  return selected.includes(row) ? selected : [row];
}

function loadOf(target: EventTarget | null): { load: Load; label: string } | null {
  if (!(target instanceof Element)) return null;
  const row = target.closest<HTMLElement>("tr[data-workflow]");
  if (row) {
    const rows = rowsWith(row);
    const label = rows.length === 1 ? (row.dataset.name ?? "") : `${rows.length} workflows`;
    return { load: { workflows: rows.map((each) => each.dataset.workflow ?? "") }, label };
  }
  const folder = target.closest<HTMLElement>("[data-folder-drop]:not([data-folder-drop=''])");
  if (!folder) return null;
  return {
    load: { workflows: [], folder: folder.dataset.folderDrop ?? "" },
    label: folder.dataset.folderPath ?? "",
  };
}

/** Put what was dragged where it was dropped. */
export async function drop(load: Load, target: HTMLElement): Promise<void> {
  const folder = target.dataset.folderDrop ?? "";
  const name = target.dataset.folderPath ?? "";
  try {
    if (load.folder !== undefined) {
      await callApi("PATCH", `/api/v1/folders/${load.folder}/`, { parent: folder || null });
      toast(folder ? `Moved into ${name}.` : "Moved to the top.");
    } else if (load.workflows.length === 1) {
      const path = { folder: target.dataset.folderPath ?? "" };
      await callApi("PATCH", `/api/v1/workflows/${load.workflows[0]}/`, path);
      toast(folder ? `Moved into ${name}.` : "Taken out of its folder.");
    } else {
      moveSelection(folder);
      return;
    }
    document.body.dispatchEvent(new CustomEvent("library:changed"));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.problem.detail, "bad");
  }
}

/** The selected rows, all of them: what the bar's own dialog would do. */
function moveSelection(folder: string): void {
  const choice = document.querySelector<HTMLSelectElement>("#bulk-folder");
  const button = document.querySelector<HTMLButtonElement>('button[form="bulk-form"][value="move"]');
  if (!choice || !button) return;
  choice.value = folder;
  button.click(); // htmx sends the name of a button that was pressed
}

export function watchTree(): void {
  let carried: Load | null = null;
  document.addEventListener("click", (event) => {
    const toggle =
      event.target instanceof Element && event.target.closest<HTMLElement>("[data-folder-toggle]");
    if (toggle) toggleFolder(toggle);
  });
  document.addEventListener("dragstart", (event) => {
    const found = loadOf(event.target);
    if (!found || !event.dataTransfer || !document.querySelector("[data-folder-drop]")) return;
    carried = found.load;
    event.dataTransfer.setData(KIND, "1");
    event.dataTransfer.effectAllowed = "move";
    const label = el("div", { class: "drag-label" }, found.label);
    document.body.append(label);
    event.dataTransfer.setDragImage(label, -12, -8);
    setTimeout(() => label.remove());
  });
  document.addEventListener("dragend", () => {
    carried = null;
    mark(null);
  });
  document.addEventListener("dragover", (event) => {
    const target = place(event);
    mark(carried ? target : null);
    if (carried && target) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const target = place(event);
    if (!carried || !target) return;
    event.preventDefault();
    const load = carried;
    mark(null);
    if (load.folder === undefined || load.folder !== target.dataset.folderDrop) void drop(load, target);
  });
}

function place(event: DragEvent): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>("[data-folder-drop]") : null;
}

function mark(target: HTMLElement | null): void {
  for (const each of document.querySelectorAll(".drop-here"))
    if (each !== target) each.classList.remove("drop-here");
  target?.classList.add("drop-here");
}
