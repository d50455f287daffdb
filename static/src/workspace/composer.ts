/** Writing a note: it stands in the timeline at once, and what is refused comes back to be mended. */

import { el, icon } from "../page/dom";
import { csrfToken } from "../page/http";
import { fragment } from "./entries";
import type { Timeline } from "./timeline";

const MEGABYTE = 1024 * 1024;

export function watchComposer(form: HTMLFormElement, timeline: Timeline): void {
  const text = form.querySelector("textarea");
  const files = form.querySelector<HTMLInputElement>('input[type="file"]');
  const refused = form.querySelector<HTMLElement>("[data-refused]");
  if (!text || !files || !refused) return;
  const refuse = (words: string): void => {
    refused.textContent = words;
    refused.hidden = !words;
  };
  files.addEventListener("change", () => {
    showFiles(form, files);
    refuse(faultOf(form, [...(files.files ?? [])]));
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.files;
    if (pasted?.length) {
      event.preventDefault();
      add(files, pasted);
    }
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) add(files, event.dataTransfer.files);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = [...(files.files ?? [])];
    const fault =
      text.value.trim() || chosen.length ? faultOf(form, chosen) : "Write something, or add a file.";
    refuse(fault);
    if (!fault) void send(form, text, files, timeline, refuse);
  });
}

async function send(
  form: HTMLFormElement,
  text: HTMLTextAreaElement,
  files: HTMLInputElement,
  timeline: Timeline,
  refuse: (words: string) => void,
): Promise<void> {
  const body = new FormData(form);
  const [written, chosen] = [text.value, files.files];
  const shown = timeline.sending(written.trim(), chosen?.length ?? 0);
  text.value = "";
  files.value = "";
  showFiles(form, files);
  const fault = await post(form.action, body, timeline);
  shown.remove();
  if (!fault) return;
  text.value = text.value ? `${written}\n${text.value}` : written;
  if (chosen?.length) add(files, chosen);
  refuse(fault);
  text.focus();
}

/** Gives what went wrong, in words; nothing if it was written. */
async function post(url: string, body: FormData, timeline: Timeline): Promise<string> {
  const headers = { "X-Part": "note", "X-CSRFToken": csrfToken(), Accept: "application/json" };
  try {
    const answer = await fetch(url, { method: "POST", body, headers });
    const found = await answer.text();
    if (answer.redirected) return "You are logged out. Log in in another tab, then write it again.";
    if (!answer.ok) return detail(found) || `Not written: the server answered ${answer.status}.`;
    timeline.wrote(fragment(found));
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

/** What can be told of files before they are sent; what they are, the server looks into. */
function faultOf(form: HTMLFormElement, files: File[]): string {
  const most = Number(form.dataset.mostFiles);
  if (files.length > most) return `At most ${most} files at once.`;
  const [image = 0, video = 0, other = 0] = (form.dataset.limits ?? "").split(" ").map(Number);
  for (const file of files) {
    const limit = file.type.startsWith("image/") ? image : file.type.startsWith("video/") ? video : other;
    if (file.size > limit * MEGABYTE) return `“${file.name}” is larger than ${limit} MB.`;
  }
  return "";
}

function add(input: HTMLInputElement, files: Iterable<File>): void {
  const all = new DataTransfer();
  for (const file of [...(input.files ?? []), ...files]) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change"));
}

function showFiles(form: HTMLFormElement, input: HTMLInputElement): void {
  const list = form.querySelector<HTMLElement>("[data-chosen]");
  if (!list) return;
  const files = [...(input.files ?? [])];
  list.hidden = !files.length;
  list.replaceChildren(
    ...files.map((file, at) => {
      const button = el(
        "button",
        { type: "button", class: "tag max-w-60", "aria-label": `Take away ${file.name}` },
        el("span", { class: "truncate" }, file.name),
        icon("x", "size-3"),
      );
      button.addEventListener("click", () => {
        const rest = new DataTransfer();
        files.filter((_, other) => other !== at).forEach((each) => rest.items.add(each));
        input.files = rest.files;
        input.dispatchEvent(new Event("change"));
      });
      return el("li", { class: "max-w-full" }, button);
    }),
  );
}
