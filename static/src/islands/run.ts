/** The page of a run: follows its events, replays them, and has htmx fetch the parts that they change. */

import { loadKinds } from "../canvas/kinds";
import { readGraph } from "../canvas/graph";
import type { Badge } from "../canvas/marks";
import { debounce } from "../page/dom";
import { bringIcons } from "../page/sprite";
import { Feed, sayState } from "../run/feed";
import { type RunEvent } from "../run/marks";
import { RunModel, type ShownRun } from "../run/model";
import { Picture } from "../run/picture";
import { ProgressPanel, type StepProgress } from "../run/progress";
import { showStage } from "../run/stage";
import { watchGraphs } from "../run/zoom";
import { tellRunChanged } from "../trading/following";

const CALM = 200;
const page = document.getElementById("run");
if (page) follow(page);
watchGraphs();

function follow(page: HTMLElement): void {
  const picture = new Picture(page);
  const shown = (read("run-shown") as ShownRun | null) ?? {
    graph: readGraph(null),
    marks: { nodes: {}, edges: [] },
    figures: {},
  };
  const model = new RunModel(shown, Number(page.dataset.seq), page.dataset.timelineUrl ?? "");
  const hasEvents = "hasEvents" in page.dataset;
  void replacePicture(page, model, shown, hasEvents);
  const progress = new ProgressPanel(
    document.getElementById("run-progress"),
    (read("run-titles") ?? {}) as Record<string, string>,
  );
  const refresh = debounce(CALM, () => {
    for (const id of ["live-feed", "step-feed", "event-feed"]) tell(id, "run:changed");
    if (model.selected !== null) tell("node-panel", "node:chosen");
  });
  document.body.addEventListener("htmx:configRequest", (event) => giveCursors(event, model));
  document.body.addEventListener("htmx:beforeSwap", keepOrder);
  watchPresses(model);
  watchPanels(model);
  showBadges(model);
  document.body.addEventListener("htmx:afterSettle", () => showBadges(model));
  const first = Number(new URLSearchParams(location.search).get("seq") ?? NaN);
  if (hasEvents && first >= 0 && first < model.seq) void model.seek(first);

  const feed = new Feed({
    subscription: () => ({ execution: page.dataset.execution, after: model.seq }),
    onNews(message) {
      tellRunChanged(page);
      if (message.progress) {
        progress.show(message.progress as StepProgress[]);
        return;
      }
      const events = (message.events ?? []) as RunEvent[];
      for (const event of events) progress.settle(event);
      model.take(events);
      picture.show(model.live);
      page.dataset.seq = String(model.seq);
      refresh();
    },
    onState: (state) => sayState(page.querySelector("[data-live]"), state),
  });
  if (!("final" in page.dataset)) feed.start();
}

/** The canvas takes the place of the server's picture as soon as it knows the node types. */
async function replacePicture(
  page: HTMLElement,
  model: RunModel,
  shown: ShownRun,
  hasEvents: boolean,
): Promise<void> {
  const host = document.getElementById("run-canvas");
  if (!host) return;
  try {
    const [kinds] = await Promise.all([loadKinds("/api/v1/node-types/?internal=true"), bringIcons()]);
    host.hidden = false;
    page.querySelector(".run-stage")?.classList.add("has-canvas");
    const slots = {
      player: document.getElementById("run-player"),
      events: document.getElementById("moment-events"),
    };
    showStage(host, {
      model,
      graph: readGraph(shown.graph),
      kinds,
      name: page.dataset.name ?? "",
      hasEvents,
      slots,
    });
  } catch {
    host.hidden = true; // the picture stays, and goes on showing how far the run has come
  }
}

function read(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null") as unknown;
}

let badgesShown = "";

/** Figures of nodes, in the panel of a product: they come anew with the panel. */
function showBadges(model: RunModel): void {
  const text = document.querySelector<HTMLElement>("[data-node-badges]")?.dataset.nodeBadges ?? "{}";
  if (text === badgesShown) return;
  badgesShown = text;
  model.showBadges(JSON.parse(text) as Record<string, Badge[]>);
}

function tell(id: string, what: string): void {
  document.getElementById(id)?.dispatchEvent(new CustomEvent(what));
}

/** The panels beside the picture: of the node that was chosen, and of the moment that is replayed. */
function watchPanels(model: RunModel): void {
  const panel = document.getElementById("node-panel");
  const card = document.getElementById("moment-card");
  let [node, moment] = ["", ""];
  const askMoment = debounce(300, () => tell("moment", "moment:chosen"));
  model.subscribe(() => {
    const chosen = model.selected ?? "";
    if (panel && chosen !== node) {
      panel.hidden = chosen === "";
      panel.parentElement?.classList.toggle("has-panel", chosen !== "");
      if (chosen !== "") tell("node-panel", "node:chosen");
    }
    if (card) card.hidden = model.position === null;
    const wanted = model.position === null ? "" : `${model.position} ${chosen}`;
    if (wanted !== moment && wanted !== "") askMoment();
    [node, moment] = [chosen, wanted];
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) model.select(null);
  });
}

interface HtmxRequest {
  elt: HTMLElement;
  parameters: Record<string, string>;
}

/** What the page has already is asked for when the request leaves, not when it was thought of. */
function giveCursors(event: Event, model: RunModel): void {
  const { elt, parameters } = (event as CustomEvent<HtmxRequest>).detail;
  if (elt.id === "step-feed") {
    if (document.querySelector("#step-rows [data-more]")) event.preventDefault(); // not all are shown anyway
    parameters.after = lastSeq("#step-rows > li[data-seq]:last-of-type");
  }
  if (elt.id === "event-feed") parameters.after = lastSeq("#event-rows > li[data-seq]:first-of-type");
  if (elt.id === "live-feed") parameters.waits = document.getElementById("run-waits")?.dataset.key ?? "";
  if (elt.id === "node-panel") parameters.id = model.selected ?? "";
  if (elt.id === "moment") {
    if (model.position === null) event.preventDefault();
    parameters.seq = String(model.at);
    parameters.node = model.selected ?? "";
  }
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

/** "Show what the step was given" filters the table; others go to an event, a node, or into a map. */
function watchPresses(model: RunModel): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const wish = event.target.closest<HTMLElement | SVGElement>(
      "[data-show-step], [data-jump], [data-close-node], [data-open-body], .graph-run [data-node]",
    )?.dataset;
    if (!wish) return;
    if (wish.jump !== undefined) void model.seek(Number(wish.jump));
    else if (wish.closeNode !== undefined) model.select(null);
    else if (wish.openBody !== undefined) void model.open(wish.openBody);
    else if (wish.node !== undefined) model.select(wish.node);
    else if (showSteps(wish.showStep ?? "", wish.showStatus ?? "")) event.preventDefault();
  });
}

function showSteps(node: string, status: string): boolean {
  const form = document.querySelector<HTMLFormElement>("#step-filter");
  if (!form) return false;
  choose(form, "node", node);
  choose(form, "status", status);
  form.dispatchEvent(new Event("change"));
  document.getElementById("steps")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  return true;
}

function choose(form: HTMLFormElement, name: string, value: string): void {
  const select = form.elements.namedItem(name);
  if (select instanceof HTMLSelectElement) select.value = value;
}
