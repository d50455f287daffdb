/** The builder's keys, and what copy and paste mean on the canvas. */

import { useEffect } from "react";
import { NOTHING } from "../canvas/convert";
import { isTyping } from "../canvas/CanvasTools";
import { idOf } from "../canvas/graph";
import { toast } from "../page/toasts";
import type { Dialog, Placing } from "./bench";
import { copied, paste, pasted } from "./model/clipboard";
import { removeParts, toggleDisabled } from "./model/operations";
import { only, type Store } from "./model/store";
import { neighbour } from "./walking";

interface Commands {
  store: Store;
  isCanvas: boolean;
  save: () => void;
  arrange: () => void;
  place: (placing: Placing) => void;
  open: (dialog: Dialog) => void;
  /** Bring the node into view and give it the focus. */
  goTo: (id: string) => void;
  closePalette: () => boolean;
}

const MOD: Record<string, (commands: Commands, shift: boolean) => void> = {
  s: ({ save }) => save(),
  z: ({ store }, shift) => (shift ? store.redo() : store.undo()),
  y: ({ store }) => store.redo(),
  d: ({ store }) => duplicate(store),
  a: ({ store }) => store.select(only(store.graph().nodes.map(idOf), store.graph().edges.map(idOf))),
};

const PLAIN: Record<string, (commands: Commands) => void> = {
  "?": ({ open }) => open("help"),
  "/": ({ open }) => open("find"),
  c: ({ store, open }) => {
    if (store.get().selection.nodes.size === 1) open("connect");
  },
  d: ({ store }) =>
    store.edit("Disable or enable", (graph) => toggleDisabled(graph, store.get().selection.nodes)),
  l: ({ arrange }) => arrange(),
  delete: ({ store }) => remove(store, "Delete"),
  backspace: ({ store }) => remove(store, "Delete"),
  f2: () => focusTitle(),
  escape: ({ store, closePalette }) => {
    if (!closePalette()) store.select(NOTHING);
  },
};

function onKey(event: KeyboardEvent, commands: Commands): void {
  const key = event.key.toLowerCase();
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod && key === "s") {
    event.preventDefault();
    commands.save();
    return;
  }
  if (!commands.isCanvas || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const act = isMod ? MOD[key] : event.altKey ? undefined : PLAIN[key];
  if (act) {
    event.preventDefault();
    act(commands, event.shiftKey);
  } else if (event.altKey && key.startsWith("arrow")) walk(event, commands);
  else if (event.key === "Tab" && !event.shiftKey && !isMod && onCanvas(event.target)) {
    event.preventDefault();
    commands.place({});
  } else if (event.key === "Enter" && onNode(event.target)) setTimeout(focusForm); // after the node is selected
}

function onCanvas(target: EventTarget | null): boolean {
  return target instanceof Element && (target === document.body || target.closest(".stage") !== null);
}

function onNode(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(".react-flow__node, .react-flow__edge");
}

function focusForm(): void {
  document.querySelector<HTMLElement>(".panel input, .panel select")?.focus();
}

function focusTitle(): void {
  const title = document.querySelector<HTMLInputElement>(".panel input");
  title?.focus();
  title?.select();
}

function walk(event: KeyboardEvent, { store, goTo }: Commands): void {
  event.preventDefault();
  const [from] = store.get().selection.nodes;
  const id = neighbour(store.graph(), from, event.key);
  if (id === null) return;
  store.select(only([id]));
  goTo(id);
}

function remove(store: Store, label: string): void {
  store.edit(label, (graph) => removeParts(graph, store.get().selection), { select: NOTHING });
}

function add(store: Store, text: string, label: string): boolean {
  const parts = pasted(text);
  if (!parts) return false;
  const next = paste(store.graph(), parts, null);
  store.edit(label, () => next.graph, { select: only(next.ids) });
  return true;
}

function duplicate(store: Store): void {
  add(store, copied(store.graph(), store.get().selection), "Duplicate");
}

function onClipboard(event: ClipboardEvent, { store, isCanvas }: Commands): void {
  if (!isCanvas || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.type === "paste") {
    if (add(store, event.clipboardData?.getData("text/plain") ?? "", "Paste")) event.preventDefault();
    return;
  }
  const text = copied(store.graph(), store.get().selection);
  if (!text || String(window.getSelection()) !== "") return;
  event.preventDefault();
  event.clipboardData?.setData("text/plain", text);
  if (event.type === "cut") remove(store, "Cut");
  else toast("Copied. Paste here or in another tab.");
}

export function useKeys(commands: Commands): void {
  useEffect(() => {
    const keys = (event: KeyboardEvent) => onKey(event, commands);
    const clipboard = (event: ClipboardEvent) => onClipboard(event, commands);
    document.addEventListener("keydown", keys);
    for (const name of ["copy", "cut", "paste"] as const) document.addEventListener(name, clipboard);
    return () => {
      document.removeEventListener("keydown", keys);
      for (const name of ["copy", "cut", "paste"] as const) document.removeEventListener(name, clipboard);
    };
  }, [commands]);
}
