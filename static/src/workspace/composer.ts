/** Writing a note: it stands in the timeline at once, and what is refused comes back to be mended. */

import { el } from "../page/dom";
import { fragment } from "./entries";
import { Files } from "./files";
import { sendForm } from "./sending";
import type { Timeline } from "./timeline";

export function watchComposer(form: HTMLFormElement, timeline: Timeline): void {
  const text = form.querySelector("textarea");
  const refused = form.querySelector<HTMLElement>("[data-refused]");
  if (!text || !refused) return;
  const refuse = (words: string): void => {
    refused.textContent = words;
    refused.hidden = !words;
  };
  const files = Files.of(form, refuse);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const empty = !text.value.trim() && !files?.chosen.length;
    const fault = empty ? "Write something, or add a file." : (files?.fault() ?? "");
    refuse(fault);
    if (!fault) void send(form, text, files, timeline, refuse);
  });
}

async function send(
  form: HTMLFormElement,
  text: HTMLTextAreaElement,
  files: Files | null,
  timeline: Timeline,
  refuse: (words: string) => void,
): Promise<void> {
  const body = new FormData(form);
  const [written, chosen] = [text.value, files?.chosen ?? []];
  const shown = timeline.sending(written.trim(), chosen.length);
  text.value = "";
  if (files) files.chosen = [];
  const fault = await post(form.action, body, timeline, (share) => showShare(shown, share, chosen.length));
  shown.remove();
  if (!fault) return;
  text.value = text.value ? `${written}\n${text.value}` : written;
  files?.add(chosen);
  refuse(fault);
  text.focus();
}

/** How far the files of an entry are sent; text alone is there at once. */
function showShare(entry: HTMLElement, share: number, files: number): void {
  if (!files) return;
  let bar = entry.querySelector("progress");
  if (!bar) {
    bar = el("progress", { class: "entry-progress mt-2", max: "100", "aria-label": "Sent" });
    entry.querySelector(".entry-body")?.append(bar);
  }
  bar.value = Math.round(share * 100);
}

/** Gives what went wrong, in words; nothing if it was written. */
async function post(
  url: string,
  body: FormData,
  timeline: Timeline,
  progress: (share: number) => void,
): Promise<string> {
  const headers = { "X-Part": "note", Accept: "application/json" };
  try {
    const answer = await sendForm(url, body, headers, progress);
    if (new URL(answer.url).pathname !== new URL(url).pathname)
      return "You are logged out. Log in in another tab, then write it again.";
    if (answer.status >= 400)
      return detail(answer.text) || `Not written: the server answered ${answer.status}.`;
    timeline.wrote(fragment(answer.text));
    return "";
  } catch {
    return "Not written: no connection. Try again.";
  }
}

function detail(text: string): string {
  try {
    const told = JSON.parse(text) as { detail?: unknown };
    return typeof told.detail === "string" ? told.detail : "";
  } catch {
    return "";
  }
}
