/** The page of a run: follows its events, and has htmx fetch the parts that they change. */

import { debounce } from "../page/dom";
import { Feed, sayState } from "../run/feed";
import { afterEvent, type Marks, type RunEvent } from "../run/marks";
import { Picture } from "../run/picture";
import { ProgressPanel, type StepProgress } from "../run/progress";
import { Replay } from "../run/replay";
import { watchGraphs } from "../run/zoom";

const CALM = 200;

const page = document.getElementById("run");
if (page) follow(page);
watchGraphs();

function follow(page: HTMLElement): void {
  const marksUrl = page.dataset.marksUrl ?? "";
  const picture = new Picture(page);
  let marks = JSON.parse(document.getElementById("run-marks")?.textContent ?? "null") as Marks;
  let seq = Number(page.dataset.seq);
  const form = page.querySelector<HTMLFormElement>("[data-replay]");
  const replay =
    form &&
    new Replay(
      form,
      marksUrl,
      (shown) => picture.show(shown),
      () => picture.show(marks),
    );

  const progress = new ProgressPanel(
    document.getElementById("run-progress"),
    JSON.parse(document.getElementById("run-titles")?.textContent ?? "{}") as Record<string, string>,
  );
  const refresh = debounce(CALM, () => {
    for (const id of ["live-feed", "step-feed", "event-feed"])
      document.getElementById(id)?.dispatchEvent(new CustomEvent("run:changed"));
  });
  document.body.addEventListener("htmx:configRequest", giveCursors);
  document.body.addEventListener("htmx:beforeSwap", keepOrder);
  watchStepLinks();

  const feed = new Feed({
    subscription: () => ({ execution: page.dataset.execution, after: seq }),
    onNews(message) {
      if (message.progress) {
        progress.show(message.progress as StepProgress[]);
        return;
      }
      const events = (message.events ?? []) as RunEvent[];
      for (const event of events) {
        if (event.seq <= seq) continue;
        marks = afterEvent(marks, event);
        seq = event.seq;
        progress.settle(event);
      }
      if (!replay?.isOn) picture.show(marks);
      replay?.grow(seq);
      page.dataset.seq = String(seq);
      refresh();
    },
    onState: (state) => sayState(page.querySelector("[data-live]"), state),
  });
  if (!("final" in page.dataset)) feed.start();
}

interface HtmxRequest {
  elt: HTMLElement;
  parameters: Record<string, string>;
}

/** What the page has already is asked for when the request leaves, not when it was thought of. */
function giveCursors(event: Event): void {
  const { elt, parameters } = (event as CustomEvent<HtmxRequest>).detail;
  if (elt.id === "step-feed") {
    if (document.querySelector("#step-rows [data-more]")) event.preventDefault(); // not all are shown anyway
    parameters.after = lastSeq("#step-rows > li[data-seq]:last-of-type");
  }
  if (elt.id === "event-feed") parameters.after = lastSeq("#event-rows > li[data-seq]:first-of-type");
  if (elt.id === "live-feed") parameters.waits = document.getElementById("run-waits")?.dataset.key ?? "";
}

function lastSeq(selector: string): string {
  return document.querySelector<HTMLElement>(selector)?.dataset.seq ?? "0";
}

interface HtmxSwap {
  target: HTMLElement;
  requestConfig: { elt: HTMLElement };
  xhr: XMLHttpRequest;
  shouldSwap: boolean;
}

/** The line that says "nothing yet" gives way to the first rows. */
function keepOrder(event: Event): void {
  const { requestConfig, xhr, target } = (event as CustomEvent<HtmxSwap>).detail;
  if (requestConfig.elt.id !== "step-feed") return;
  const brings = xhr.responseText.includes("data-seq");
  if (brings) target.querySelector("[data-empty]")?.remove();
  else (event as CustomEvent<HtmxSwap>).detail.shouldSwap = false;
}

/** "Show what the step was given": filters the table instead of loading the page again. */
function watchStepLinks(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest<HTMLElement>("[data-show-step]");
    const node = event.target.closest<SVGGElement>(".graph-run [data-node]");
    const wanted = link?.dataset.showStep ?? node?.dataset.node;
    const form = document.querySelector<HTMLFormElement>("#step-filter");
    if (wanted === undefined || !form) return;
    event.preventDefault();
    choose(form, "node", wanted);
    choose(form, "status", link?.dataset.showStatus ?? "");
    form.dispatchEvent(new Event("change"));
    document.getElementById("steps")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
}

function choose(form: HTMLFormElement, name: string, value: string): void {
  const select = form.elements.namedItem(name);
  if (select instanceof HTMLSelectElement) select.value = value;
}
