/** The steps of a description: added, taken away and moved, by mouse and key. */

const MOST = 30;

export function watchSteps(box: HTMLElement): void {
  const list = box.querySelector<HTMLElement>("[data-step-list]");
  const template = box.querySelector<HTMLTemplateElement>("[data-step-template]");
  const add = box.querySelector<HTMLButtonElement>("[data-add-step]");
  if (!list || !template || !add) return;
  template.content
    .querySelectorAll<HTMLElement>("[data-needs-script]")
    .forEach((each) => (each.hidden = false));
  box.querySelectorAll<HTMLElement>("[data-needs-script]").forEach((each) => (each.hidden = false));
  const said = box.querySelector("[data-step-said]");
  const say = (words: string): void => {
    if (said) said.textContent = words;
  };
  const settle = (): void => {
    const steps = [...list.children];
    steps.forEach((step, at) => step.querySelector("textarea")?.setAttribute("aria-label", `Step ${at + 1}`));
    add.disabled = steps.length >= MOST;
  };
  const append = (): void => {
    list.append(document.importNode(template.content, true));
    settle();
    list.lastElementChild?.querySelector("textarea")?.focus();
  };
  add.addEventListener("click", append);
  list.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    const step = button?.closest("[data-step]");
    if (!button || !step) return;
    const moved = act(button, step);
    settle();
    say(moved);
    if (step.isConnected) button.focus();
    else (list.querySelector("textarea") ?? add).focus();
  });
  settle();
}

/** Gives what was done, in words. */
function act(button: HTMLButtonElement, step: Element): string {
  if ("stepUp" in button.dataset) {
    step.previousElementSibling?.before(step);
    return "Moved up";
  }
  if ("stepDown" in button.dataset) {
    step.nextElementSibling?.after(step);
    return "Moved down";
  }
  step.remove();
  return "Removed";
}
