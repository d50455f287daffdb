/** Messages in the corner: dismissed by hand, or by themselves where nothing needs to be done about them. */

import { el, icon } from "./dom";

const SECONDS = 6;

type Tone = "good" | "bad" | "waiting" | "running";
const ICONS: Record<Tone, string> = {
  good: "circle-check",
  bad: "circle-alert",
  waiting: "triangle-alert",
  running: "info",
};

export function toast(text: string, tone: Tone = "good"): void {
  const button = el("button", {
    type: "button",
    class: "btn btn-ghost btn-xs btn-square",
    "data-dismiss": true,
  });
  button.setAttribute("aria-label", "Dismiss");
  button.append(icon("x"));
  const item = el(
    "div",
    { class: `toast-item tone-${tone}` },
    icon(ICONS[tone]),
    el("p", { class: "grow" }, text),
    button,
  );
  if (tone === "good" || tone === "running") item.dataset.passing = "";
  document.getElementById("toasts")?.append(item);
  schedule(item);
}

function schedule(item: HTMLElement): void {
  if (item.dataset.passing === undefined || item.dataset.scheduled !== undefined) return;
  item.dataset.scheduled = "";
  setTimeout(() => {
    if (item.matches(":hover, :focus-within")) {
      delete item.dataset.scheduled;
      schedule(item);
    } else {
      item.remove();
    }
  }, SECONDS * 1000);
}

export function watchToasts(): void {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-dismiss]")) {
      event.target.closest(".toast-item")?.remove();
    }
  });
  const rescan = () => document.querySelectorAll<HTMLElement>("#toasts .toast-item").forEach(schedule);
  rescan();
  document.addEventListener("htmx:afterSwap", rescan);
  document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. Try again.", "bad"));
}
