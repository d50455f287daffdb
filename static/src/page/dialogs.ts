/** Dialogs: one that asks before something that cannot be undone, and those that a page brings along.
 *
 * `data-confirm="question"` on a form, or on an element with `hx-*`, asks first; `data-confirm-action` names
 * the button and `data-confirm-tone="danger"` reddens it. `data-dialog="id"` opens a `<dialog>`.
 */

import { el } from "./dom";

interface Question {
  text: string;
  action: string;
  danger: boolean;
}

/** Whether the person agreed. */
export function askFirst({ text, action, danger }: Question): Promise<boolean> {
  const yes = el(
    "button",
    { class: `btn btn-sm ${danger ? "btn-error" : "btn-primary"}`, value: "yes" },
    action,
  );
  const no = el("button", { class: "btn btn-sm btn-line", value: "no", autofocus: true }, "Cancel");
  const form = el("form", { method: "dialog", class: "mt-5 flex justify-end gap-2" }, no, yes);
  const words = el("p", { id: "confirm-text" }, text);
  const dialog = el(
    "dialog",
    { class: "dialog-box", "aria-labelledby": "confirm-text", role: "alertdialog" },
    words,
    form,
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    dialog.showModal();
  });
}

function questionOf(element: HTMLElement): Question | null {
  const text = element.dataset.confirm;
  if (text === undefined) return null;
  return {
    text,
    action: element.dataset.confirmAction ?? "Continue",
    danger: element.dataset.confirmTone === "danger",
  };
}

interface HtmxConfirm {
  elt: Element;
  issueRequest: (skip: boolean) => void;
}

export function watchConfirmations(): void {
  const agreed = new WeakSet<HTMLFormElement>();
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || agreed.has(form) || isHtmx(form)) return;
      const submitter = event.submitter;
      const question = (submitter && questionOf(submitter)) ?? questionOf(form);
      if (!question) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void askFirst(question).then((yes) => {
        if (!yes) return;
        agreed.add(form);
        form.requestSubmit(submitter);
        agreed.delete(form);
      });
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, issueRequest } = (event as CustomEvent<HtmxConfirm>).detail;
    const question = elt instanceof HTMLElement ? questionOf(elt) : null;
    if (!question) return;
    event.preventDefault();
    void askFirst(question).then((yes) => {
      if (yes) issueRequest(true);
    });
  });
}

function isHtmx(form: HTMLFormElement): boolean {
  return ["hx-post", "hx-get", "hx-put", "hx-delete", "hx-patch"].some((name) => form.hasAttribute(name));
}

export function watchDialogs(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog ?? "");
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        opener.closest("details")?.removeAttribute("open");
        dialog.showModal();
      }
      return;
    }
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog")?.close();
    if (event.target instanceof HTMLDialogElement && event.target.dataset.light !== undefined)
      event.target.close();
  });
  document.querySelector<HTMLDialogElement>("dialog[data-open]")?.showModal();
}
