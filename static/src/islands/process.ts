/** A screen of a guided process: what is said is saved as one goes, and kept here until it is. */

import { Sounds } from "../kept/sounds";
import { Vault } from "../kept/vault";
import { el, icon } from "../page/dom";
import { Drafts, keepForm } from "../process/drafts";
import { Question } from "../process/question";
import { Voice } from "../process/voice";

void start();

async function start(): Promise<void> {
  const answers = document.querySelector<HTMLFormElement>("form[data-answers]");
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-keep]")];
  watchKeys();
  if (answers) stayHere(answers);
  const opening = Vault.open();
  const pending = new Drafts(null);
  const vault = await opening;
  const drafts = vault ? new Drafts(vault) : pending;
  const revision = Number(document.querySelector<HTMLElement>("[data-vault]")?.dataset.revision ?? 0);
  const restored = forms.map((form) => keepForm(form, drafts, revision));
  if (answers) restored.push(...watch(answers, drafts, vault));
  const found = (await Promise.all(restored)).filter(Boolean).length;
  if (found) tell(answers ?? forms[0]);
}

function watch(form: HTMLFormElement, drafts: Drafts, vault: Vault | null): Promise<boolean>[] {
  const boxes = [...form.querySelectorAll<HTMLElement>("[data-question]")];
  const questions = boxes.map((box) => new Question(box, form.dataset.answers ?? "", drafts));
  const savers = questions.map((question) => question.saver);
  const voices = questions.flatMap((question) => {
    const box = question.box.querySelector<HTMLElement>("[data-voice]");
    return box ? [new Voice(box, question)] : [];
  });
  const parts = [...savers, ...voices];
  let ready = false;
  form.addEventListener("submit", (event) => {
    if (ready || !parts.some((part) => part.unsaved)) return;
    event.preventDefault();
    const button = event.submitter;
    void Promise.all(parts.map((part) => part.settle())).then(() => {
      if (parts.some((part) => part.blocked)) return; // the page says why
      ready = true;
      form.requestSubmit(button);
      ready = false;
    });
  });
  let leaving = false;
  form.addEventListener("submit", (event) => (leaving = !event.defaultPrevented));
  addEventListener("beforeunload", (event) => {
    if (!leaving && parts.some((part) => part.unsaved)) event.preventDefault();
  });
  const hurry = () => parts.forEach((part) => part.flush());
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => document.hidden && hurry());
  const sounds = voices.length ? Sounds.open(vault) : null;
  return [
    ...questions.map((question) => question.restore()),
    ...voices.map(async (voice) => voice.restore((await sounds) ?? null)),
  ];
}

/** So that a reload shows this screen again, not the first one that still has no answer. */
function stayHere(form: HTMLFormElement): void {
  const first = form.querySelector<HTMLElement>("[data-question]")?.dataset.question;
  if (!first || !form.dataset.stay) return;
  const address = new URL(form.dataset.stay, location.href); // a refused step is shown at another address
  address.searchParams.set("at", first);
  history.replaceState(history.state, "", address);
}

/** Ctrl+Enter, or ⌘+Enter, goes on from wherever one types. */
function watchKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = (event.target as Element | null)?.closest("form");
    const button = form?.querySelector<HTMLButtonElement>("[data-go-on]");
    if (!form || !button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
}

function tell(form: HTMLFormElement | undefined): void {
  const note = el(
    "div",
    { class: "note tone-accent", role: "status", "data-restored": true },
    icon("history"),
    el("p", {}, "Something that you said here was not saved when you left. It is back."),
  );
  form?.parentElement?.insertBefore(note, form); // a field of the form may be called “before”
}
