/** A screen of a guided process: what is typed is saved as one goes, and one sees that it is. */

import { el } from "../page/dom";
import { callApi } from "../page/http";
import { shortly } from "../page/times";
import { Saver, type Kept, type State, type Text } from "../process/saver";

const form = document.querySelector<HTMLFormElement>("form[data-answers]");

if (form) watch(form, form.dataset.answers ?? "");

function watch(form: HTMLFormElement, url: string): void {
  const savers = [...form.querySelectorAll<HTMLElement>("[data-question]")].flatMap((box) => field(box, url));
  const all = () => Promise.all(savers.map((saver) => saver.settle()));
  let ready = false;

  form.addEventListener("submit", (event) => {
    if (ready || !savers.some((saver) => saver.unsaved)) return;
    event.preventDefault();
    const button = event.submitter;
    void all().then(() => {
      if (savers.some((saver) => saver.blocked)) return; // the page says why
      ready = true;
      form.requestSubmit(button);
      ready = false;
    });
  });
  let leaving = false;
  form.addEventListener("submit", (event) => (leaving = !event.defaultPrevented));
  addEventListener("beforeunload", (event) => {
    if (!leaving && savers.some((saver) => saver.unsaved)) event.preventDefault();
  });
  const hurry = () => savers.forEach((saver) => saver.flush());
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => document.hidden && hurry());
}

/** One question's text and its tick, if it is answered by a text. */
function field(box: HTMLElement, url: string): Saver[] {
  const text = box.querySelector<HTMLTextAreaElement>("[data-text]");
  if (!text) return [];
  const tick = box.querySelector<HTMLInputElement>("[data-private]");
  const seen = box.querySelector<HTMLInputElement>("[data-seen]");
  const send = (now: Text, revision: number) =>
    callApi("POST", url, { prompt: box.dataset.question, ...now, revision }) as Promise<Kept | null>;
  const saver: Saver = new Saver(send, Number(box.dataset.revision), (state) => {
    if (seen) seen.value = String(saver.revision);
    show(box, text, saver, state);
  });
  const changed = () =>
    saver.type(tick ? { value: text.value, private: tick.checked } : { value: text.value });
  text.addEventListener("input", changed);
  tick?.addEventListener("change", changed);
  // Typed before this script was there, or put back by the browser.
  if (text.value !== text.defaultValue || (tick && tick.checked !== tick.defaultChecked)) changed();
  return [saver];
}

function show(box: HTMLElement, text: HTMLTextAreaElement, saver: Saver, state: State): void {
  const line = box.querySelector("[data-saved]");
  if (line) line.textContent = words(state);
  const clash = box.querySelector<HTMLElement>("[data-clash]");
  if (state.kind !== "changed" || !clash) return;
  const close = () => {
    clash.hidden = true;
    clash.replaceChildren();
    text.focus();
  };
  const mine = el("button", { type: "button", class: "btn btn-sm btn-line" }, "Keep what I typed here");
  mine.addEventListener("click", () => {
    saver.keepMine();
    close();
  });
  const theirs = el("button", { type: "button", class: "btn btn-sm btn-line" }, "Take the other one");
  theirs.addEventListener("click", () => {
    text.value = state.theirs;
    saver.takeTheirs();
    const seen = box.querySelector<HTMLInputElement>("[data-seen]");
    if (seen) seen.value = String(saver.revision);
    if (line) line.textContent = "";
    close();
  });
  clash.className = "note tone-waiting flex-col";
  clash.hidden = false;
  clash.replaceChildren(
    el("p", {}, state.message),
    el("p", { class: "font-medium" }, "Saved in the other tab or on the other device:"),
    el("p", { class: "break-words whitespace-pre-line" }, state.theirs),
    el("div", { class: "flex flex-wrap gap-2" }, mine, theirs),
  );
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
    case "changed":
      return "Not saved: there are two answers";
  }
}
