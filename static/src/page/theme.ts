/** The theme button: changes at once and tells the server, which sets it on the next page. */

import { csrfToken } from "./http";

export function shownTheme(root: HTMLElement = document.documentElement): "light" | "dark" {
  const chosen = root.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function watchTheme(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-theme-form]")) return;
    event.preventDefault();
    const next = shownTheme() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    document.dispatchEvent(new CustomEvent("themechange", { detail: next }));
    void fetch(form.action, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
      body: new URLSearchParams({ theme: next }),
      credentials: "same-origin",
    });
  });
}
