/** The form of a description: files are chosen as in a note, and one sees how far they are sent. */

import { el } from "../page/dom";
import { Files } from "./files";
import { sendForm } from "./sending";

export function watchDescription(form: HTMLFormElement): void {
  const refused = form.querySelector<HTMLElement>("[data-refused]");
  if (!refused) return;
  const refuse = (words: string): void => {
    refused.textContent = words;
    refused.hidden = !words;
  };
  const files = Files.of(form, refuse);
  form.addEventListener("submit", (event) => {
    if (!files?.chosen.length) return; // without files the browser does it alone
    event.preventDefault();
    const fault = files.fault();
    refuse(fault);
    if (!fault) void send(form, refuse);
  });
}

async function send(form: HTMLFormElement, refuse: (words: string) => void): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
  const shown = form.querySelector<HTMLElement>("[data-progress]");
  const bar = el("progress", { class: "entry-progress", max: "100", value: "0", "aria-label": "Sent" });
  shown?.replaceChildren("Sending…", bar);
  if (shown) shown.hidden = false;
  if (button) button.disabled = true;
  try {
    const answer = await sendForm(form.action, new FormData(form), { "X-Part": "description" }, (share) => {
      bar.value = Math.round(share * 100);
    });
    if (answer.status === 200) {
      const told = JSON.parse(answer.text) as { url: string };
      location.assign(told.url);
      return;
    }
    refuse(complaint(answer.text, answer.status));
  } catch {
    refuse("Not sent: no connection. What you wrote is still here; try again.");
  }
  if (shown) shown.hidden = true;
  if (button) button.disabled = false;
}

function complaint(text: string, status: number): string {
  try {
    const told = JSON.parse(text) as { detail?: unknown };
    if (typeof told.detail === "string") return told.detail;
  } catch {
    // no JSON: what stands below says it as well
  }
  return `Not sent: the server answered ${status}.`;
}
