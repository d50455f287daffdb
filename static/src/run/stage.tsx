/** The run on the canvas, with the time slider below it. Takes the place of the picture that the server drew. */

import { type Node, useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { createRoot } from "react-dom/client";
import { Canvas, CanvasProvider } from "../canvas/Canvas";
import { NOTHING, type Selection } from "../canvas/convert";
import {
  configOf,
  type Graph,
  idOf,
  isObject,
  nodesById,
  type Part,
  readGraph,
  textOf,
  titleOf,
} from "../canvas/graph";
import { Icon } from "../canvas/Icon";
import type { Kinds } from "../canvas/kinds";
import type { Badge, EdgeMark, NodeMark } from "../canvas/marks";
import { shown } from "./figures";
import type { Mark, Marks } from "./marks";
import type { RunModel } from "./model";
import { EventWindow, Player } from "./player";

interface StageProps {
  model: RunModel;
  graph: Graph;
  kinds: Kinds;
  name: string;
  /** Whether events are there to replay, and so which edges were taken is known. */
  hasEvents: boolean;
  slots: { player: HTMLElement | null; events: HTMLElement | null };
}

const TAKEN: EdgeMark = { taken: true };
const NOT_TAKEN: EdgeMark = { taken: false };
const OVER = new Set(["done", "earlier", "skipped", "failed", "cancelled"]);

export function showStage(host: HTMLElement, props: StageProps): void {
  createRoot(host).render(<Stage {...props} />);
}

function useModel(model: RunModel): RunModel {
  useSyncExternalStore(model.subscribe, model.getVersion);
  return model;
}

function Stage({ model, graph, kinds, name, hasEvents, slots }: StageProps) {
  useModel(model);
  const inside = useInside(model, graph, kinds);
  const marks = inside ? model.marksInside(inside.scope) : model.marks();
  const nodeMarks = useNodeMarks(marks, inside || model.position !== null ? NO_BADGES : model.badges);
  const edgeMarks = edgeMarksOf(inside?.graph ?? graph, marks, hasEvents);
  const selection = useMemo<Selection>(
    () => (model.selected === null ? NOTHING : { nodes: new Set([model.selected]), edges: new Set() }),
    [model.selected],
  );
  const onSelect = useCallback(
    (change: (before: Selection) => Selection) => {
      const before = model.selected === null ? NOTHING.nodes : new Set([model.selected]);
      const { nodes } = change({ nodes: before, edges: new Set() });
      const added = [...nodes].find((id) => id !== model.selected);
      if (added !== undefined) model.select(added);
    },
    [model],
  );
  const onOpen = useCallback(
    (id: string) => {
      const part = nodesById(inside?.graph ?? graph).get(id);
      const child = marks.nodes[id]?.child;
      if (part && bodyOf(part, kinds)) void model.open(id);
      else if (child) location.assign(`/executions/${child}/`);
    },
    [inside?.graph, graph, kinds, marks, model],
  );
  return (
    <CanvasProvider key={inside ? inside.path : ""}>
      <Canvas
        graph={inside?.graph ?? graph}
        kinds={kinds}
        label={inside ? `Steps of ${inside.titles.at(-1) ?? ""}` : `Graph of ${name}`}
        nodeMarks={nodeMarks}
        edgeMarks={edgeMarks}
        selection={selection}
        onSelect={onSelect}
        onOpen={onOpen}
      >
        <Look model={model} graph={inside?.graph ?? graph} marks={marks} />
        {inside && <Inside model={model} name={name} titles={inside.titles} />}
      </Canvas>
      {hasEvents && slots.player && createPortal(<Player model={model} />, slots.player)}
      {hasEvents && slots.events && createPortal(<EventWindow model={model} />, slots.events)}
    </CanvasProvider>
  );
}

const READABLE = 0.7;
const BUSY = new Set(["waiting", "running", "retrying", "failed"]);

/** Begins where something goes on if the whole cannot be read, and keeps the chosen node in sight. */
function Look({ model, graph, marks }: { model: RunModel; graph: Graph; marks: Marks }) {
  const { getNode, getZoom, setCenter, getViewport } = useReactFlow();
  const target = inSight(model);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const isFitted = useStore((state) => state.width > 0 && !state.fitViewQueued);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !isFitted) return;
    begun.current = true;
    if (getZoom() >= READABLE) return;
    const ids = graph.nodes.map(idOf);
    const busy = ids.find((id) => BUSY.has(marks.nodes[id]?.state ?? "")) ?? ids[0];
    const node = busy === undefined ? undefined : getNode(busy);
    if (node) void setCenter(...middleOf(node), { zoom: 0.8 });
  }, [isFitted, graph, marks, getNode, getZoom, setCenter]);
  useEffect(() => {
    const ids = target === "" ? [] : target.split("\n");
    const node = ids.map((id) => getNode(id)).find(Boolean);
    if (!node) return;
    const { x, y, zoom } = getViewport();
    const [middleX, middleY] = middleOf(node);
    const [left, top] = [middleX * zoom + x, middleY * zoom + y];
    const isSeen = left > EDGE && left < width - EDGE && top > EDGE && top < height - EDGE;
    if (!isSeen) void setCenter(middleX, middleY, { zoom, duration: 200 });
  }, [target, width, height, getNode, getViewport, setCenter]);
  return null;
}

/** Ids of the node to keep in sight, else of those around it: where the replay stands, or what was chosen. */
function inSight(model: RunModel): string {
  const event = model.position === null ? undefined : model.timeline.events[model.position - 1];
  if (!event?.node_id) return model.selected ?? "";
  const scope = typeof event.data.scope === "string" ? event.data.scope : "";
  const maps = scope.split(">").map((part) => part.slice(0, part.lastIndexOf("#")));
  return [event.node_id, ...maps.reverse()].filter(Boolean).join("\n");
}

/** How far inside the view a node's middle must be, in pixels, to count as seen. */
const EDGE = 16;

function middleOf(node: Node): [x: number, y: number] {
  const { x, y } = node.position;
  return [x + (node.width ?? 0) / 2, y + (node.height ?? 0) / 2];
}

interface InsideView {
  graph: Graph;
  scope: string | undefined;
  titles: string[];
  path: string;
}

/** The body of the map that is opened, at the item that is looked at. */
function useInside(model: RunModel, graph: Graph, kinds: Kinds): InsideView | null {
  const path = model.opened.map(({ node }) => node).join(">");
  const found = useMemo(() => {
    let body = graph;
    const titles: string[] = [];
    for (const node of path === "" ? [] : path.split(">")) {
      const part = nodesById(body).get(node);
      const next = part && bodyOf(part, kinds);
      if (!next) return null;
      titles.push(titleOf(part));
      body = next;
    }
    return { graph: body, titles };
  }, [graph, kinds, path]);
  const last = model.opened.at(-1);
  if (!last || !found) return null;
  return { ...found, path, scope: model.items()[last.item] };
}

function Inside({ model, name, titles }: { model: RunModel; name: string; titles: string[] }) {
  const items = model.items();
  const item = model.opened.at(-1)?.item ?? 0;
  return (
    <div className="stage-inside">
      <nav aria-label="Where in the graph">
        {[name, ...titles].map((title, level) =>
          level === titles.length ? (
            <span key={level} aria-current="page">
              {title}
            </span>
          ) : (
            <button key={level} type="button" className="link-plain" onClick={() => model.close(level)}>
              {title}
            </button>
          ),
        )}
      </nav>
      {items.length === 0 ? (
        <span className="text-muted">No item has begun</span>
      ) : (
        <span className="stage-items">
          <button
            type="button"
            className="btn btn-xs btn-square btn-line"
            aria-label="Item before"
            disabled={item <= 0}
            onClick={() => model.showItem(item - 1)}
          >
            <Icon name="chevron-left" />
          </button>
          <label>
            Item{" "}
            <input
              type="number"
              className="input input-xs w-20"
              min={1}
              max={items.length}
              value={item + 1}
              onChange={({ target }) => {
                const wanted = target.valueAsNumber - 1;
                if (wanted >= 0 && wanted < items.length) model.showItem(wanted);
              }}
            />{" "}
            of {items.length}
          </label>
          <button
            type="button"
            className="btn btn-xs btn-square btn-line"
            aria-label="Item after"
            disabled={item >= items.length - 1}
            onClick={() => model.showItem(item + 1)}
          >
            <Icon name="chevron-right" />
          </button>
        </span>
      )}
    </div>
  );
}

const MADE = new WeakMap<Mark, NodeMark>();
const NO_BADGES: Record<string, readonly Badge[]> = {};

/** What a product says of a node now comes before what it took so far. */
function withBadges(mark: NodeMark, badges: readonly Badge[] | undefined): NodeMark {
  return badges?.length ? { ...mark, badges: [...badges, ...(mark.badges ?? [])].slice(0, 3) } : mark;
}

/** The same object for a mark that did not change: the canvas then leaves its node alone. */
function useNodeMarks(marks: Marks, badges: Record<string, readonly Badge[]>): ReadonlyMap<string, NodeMark> {
  return useMemo(() => {
    const found = new Map<string, NodeMark>();
    for (const [id, mark] of Object.entries(marks.nodes)) {
      let made = MADE.get(mark);
      if (!made) MADE.set(mark, (made = shown(mark)));
      found.set(id, withBadges(made, badges[id]));
    }
    for (const [id, shown] of Object.entries(badges)) if (!found.has(id)) found.set(id, { badges: shown });
    return found;
  }, [marks, badges]);
}

function edgeMarksOf(graph: Graph, marks: Marks, isKnown: boolean): ReadonlyMap<string, EdgeMark> {
  const found = new Map<string, EdgeMark>();
  if (!isKnown) return found;
  const taken = new Set(marks.edges);
  for (const edge of graph.edges) {
    const id = idOf(edge);
    const state = marks.nodes[textOf(edge.source)]?.state;
    if (taken.has(id)) found.set(id, TAKEN);
    else if (state !== undefined && OVER.has(state)) found.set(id, NOT_TAKEN);
  }
  return found;
}

/** The graph that a node runs for each of its items; null for other nodes. */
function bodyOf(part: Part, kinds: Kinds): Graph | null {
  const field = kinds.get(textOf(part.type))?.body_field;
  const body = field ? configOf(part)[field] : undefined;
  return isObject(body) ? readGraph(body) : null;
}
