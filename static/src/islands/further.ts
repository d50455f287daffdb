/** Replies to further questions, saved as one goes, wherever a fragment puts their fields. */

import { callApi } from "../page/http";
import { shortly } from "../page/times";
import { Saver, type Kept, type State, type Text } from "../process/saver";

const savers = new WeakMap<HTMLTextAreaElement, Saver>();
const all = new Set<WeakRef<Saver>>();

document.addEventListener("input", (event) => {
  const text = event.target;
  if (text instanceof HTMLTextAreaElement && text.dataset.reply)
    saver(text, text.dataset.reply).type({ value: text.value });
});
addEventListener("online", flush);
document.addEventListener("visibilitychange", () => document.hidden && flush());
addEventListener("beforeunload", (event) => {
  if (known().some((each) => each.unsaved)) event.preventDefault();
});

function flush(): void {
  known().forEach((each) => each.flush());
}

function known(): Saver[] {
  return [...all].flatMap((each) => each.deref() ?? []);
}

function saver(text: HTMLTextAreaElement, url: string): Saver {
  const there = savers.get(text);
  if (there) return there;
  const send = ({ value }: Text, revision: number) =>
    callApi("POST", url, { value, revision }) as Promise<Kept | null>;
  const made = new Saver(send, Number(text.dataset.revision), (state) => {
    const line = text.parentElement?.querySelector("[data-saved]");
    if (line) line.textContent = words(state);
  });
  savers.set(text, made);
  all.add(new WeakRef(made));
  return made;
}

function words(state: State): string {
  switch (state.kind) {
    case "saving":
      return "Saving…";
    case "saved":
      return `Saved ${shortly(state.at)}`;
    case "offline":
      return "Not saved: no connection, trying again";
    case "refused":
      return `Not saved: ${state.message}`;
    case "blank":
      return "Left as it was";
    case "changed":
      return "Not saved: it was changed in another tab. Copy yours and load the page again.";
  }
}
