/** On the page of one's notification settings: browsers that show them, and whether this one does. */

import { el, icon } from "../page/dom";
import { ApiError } from "../page/http";
import { toast } from "../page/toasts";
import { forget, hindrance, known, ownEndpoint, subscribe, type Browser } from "../push/subscribing";

const root = document.querySelector<HTMLElement>("[data-push]");
if (root) void show(root);

async function show(root: HTMLElement): Promise<void> {
  const [{ public_key, results }, own] = await Promise.all([known(), ownEndpoint()]);
  const rows = results.map((browser) => row(root, browser, browser.endpoint === own));
  const list = el("ul", { class: "divide-y divide-line", "aria-label": "Browsers" }, ...rows);
  const why = hindrance();
  const isHere = results.some((browser) => browser.endpoint === own);
  const button = el("button", { type: "button", class: "btn btn-sm btn-line" }, icon("bell"), " Allow here");
  button.addEventListener("click", () => void act(root, button, () => subscribe(public_key)));
  const offer = why
    ? el("p", { class: "text-muted" }, why)
    : isHere
      ? null
      : el("div", { class: "flex flex-wrap items-center gap-3" }, button, "This browser shows none yet.");
  root.replaceChildren(...(rows.length > 0 ? [list] : []), ...(offer ? [offer] : []));
}

function row(root: HTMLElement, browser: Browser, here: boolean): HTMLElement {
  const name = browser.browser || "Browser";
  const button = el(
    "button",
    { type: "button", class: "btn btn-sm btn-ghost", "aria-label": `Forget ${name}` },
    "Forget",
  );
  button.addEventListener("click", () => void act(root, button, () => forget(browser)));
  const note = here ? el("span", { class: "text-muted" }, " (this one)") : null;
  return el(
    "li",
    { class: "flex items-center justify-between gap-3 py-2" },
    el("span", {}, name, note),
    button,
  );
}

async function act(
  root: HTMLElement,
  button: HTMLButtonElement,
  work: () => Promise<unknown>,
): Promise<void> {
  button.disabled = true;
  try {
    await work();
    await show(root);
  } catch (error) {
    button.disabled = false;
    toast(error instanceof ApiError || error instanceof Error ? error.message : "It did not work.", "bad");
  }
}
