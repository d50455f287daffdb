/** What a key does on the page of a session. */

export type Action =
  | "right"
  | "wrong"
  | "adjust"
  | "missed"
  | "undo"
  | "next"
  | "previous"
  | "replay"
  | "play"
  | "forward"
  | "back"
  | "take"
  | "cancel"
  | "filter"
  | "again"
  | "help";

const KEYS: Record<string, Action> = {
  r: "right",
  w: "wrong",
  a: "adjust",
  m: "missed",
  u: "undo",
  j: "next",
  k: "previous",
  ArrowDown: "next",
  ArrowUp: "previous",
  p: "replay",
  f: "filter",
  "?": "help",
};
const WHILE_REPLAYING: Record<string, Action> = { " ": "play", ArrowRight: "forward", ArrowLeft: "back" };
const WHILE_PICKING: Record<string, Action> = {
  ArrowRight: "forward",
  ArrowLeft: "back",
  Enter: "take",
  Escape: "cancel",
};

export interface Mode {
  isPicking: boolean;
  isReplaying: boolean;
}

export function actionOf(key: string, mode: Mode): Action | undefined {
  const plain = key.length === 1 ? key.toLowerCase() : key;
  return (
    (mode.isPicking ? WHILE_PICKING[plain] : undefined) ??
    (mode.isReplaying ? WHILE_REPLAYING[plain] : undefined) ??
    KEYS[plain]
  );
}

/** Keys belong to what is typed in, and to a button that Space and Enter press. */
export function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches("input[type=checkbox]")) return key === " ";
  if (target.matches("input, textarea, select, [contenteditable]")) return true;
  return (key === " " || key === "Enter") && target.matches("button, a, summary");
}

export function listenForKeys(modeNow: () => Mode, act: (action: Action) => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target, event.key)) return;
    if (document.querySelector("dialog[open]")) return;
    const action = actionOf(event.key, modeNow());
    if (!action) return;
    event.preventDefault();
    act(action);
  });
}
