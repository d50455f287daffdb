/** The canvas of phases and ways: what happens on it becomes changes of the draft. */

import {
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  useStore,
} from "@xyflow/react";
import { useCallback, useMemo } from "react";
import { CanvasTools } from "../canvas/CanvasTools";
import { chosen, placesIn } from "../canvas/changes";
import { Card } from "./Card";
import { useDesk, useShown } from "./desk";
import { drawPhases, drawWays, type PhaseNode, viewsOf, type WayLine } from "./drawing";
import { Line } from "./Line";
import { isArranged, type Placed, placesOf } from "./places";

const NODE_TYPES = { phase: Card };
const EDGE_TYPES = { line: Line };
const FIT = { padding: 0.12, maxZoom: 1 };
/** Smaller than this nobody reads the cards: a long process is then shown from its beginning. */
const READABLE = 0.72;
const MARGIN = 40;
/** Up to here a graph is its own overview. */
const SMALL = 14;
/** From here on only what is in view is rendered. */
const LARGE = 120;
const FAR = 0.3;
const SPOKEN = {
  "node.a11yDescription.default": "Press Enter to select the phase, then arrow keys to move it.",
  "edge.a11yDescription.default": "Press Enter to select the way.",
};

export function Stage({ viewed }: { viewed: Placed | null }) {
  const { settings, store, canEdit } = useDesk();
  const { graph, moved, selected } = useShown();
  const isFar = useStore(({ transform }) => transform[2] < FAR);
  const places = useMemo(() => placesOf(graph), [graph]);
  const now = useMemo<Placed>(
    () =>
      viewed ?? new Map([...places, ...[...moved].flatMap(([id, at]) => (at ? [[id, at] as const] : []))]),
    [viewed, places, moved],
  );
  const views = useMemo(() => viewsOf(graph, settings.words), [graph, settings.words]);
  const nodes = useMemo(() => drawPhases(graph, views, now, selected), [graph, views, now, selected]);
  const edges = useMemo(() => drawWays(graph, views, now, selected), [graph, views, now, selected]);

  const onNodesChange = useCallback(
    (changes: NodeChange<PhaseNode>[]) => {
      for (const { id, selected } of chosen(changes)) {
        if (selected) store.select({ kind: "phase", id });
        else if (store.get().selected?.id === id) store.select(null);
      }
      const { dragged, dropped } = placesIn(changes);
      if (!canEdit || dragged.size + dropped.size === 0) return;
      // Once one phase is put somewhere the others stay where they are seen.
      const others = isArranged(store.get().graph) ? [] : now;
      store.move(new Map([...others, ...dragged, ...dropped]));
    },
    [store, canEdit, now],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<WayLine>[]) => {
      for (const { id, selected } of chosen(changes)) {
        if (selected) store.select({ kind: "way", id });
        else if (store.get().selected?.id === id) store.select(null);
      }
    },
    [store],
  );
  const onConnect = useCallback(
    ({ source, target }: Connection) => void addWay(store, source, target),
    [store],
  );
  const onReconnect = useCallback(
    ({ id }: WayLine, { source, target }: Connection) =>
      void store.change("Reconnect", [{ do: "change_way", id, values: { source, target } }]),
    [store],
  );
  return (
    <div className="stage">
      <ReactFlow<PhaseNode, WayLine>
        className={isFar ? "flow-canvas is-far" : "flow-canvas"}
        aria-label={`Graph of ${settings.name}`}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        {...(canEdit ? { onReconnect } : {})}
        nodesDraggable={canEdit}
        nodesConnectable={canEdit}
        onlyRenderVisibleElements={nodes.length > LARGE}
        deleteKeyCode={null}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        connectionRadius={32}
        minZoom={0.05}
        maxZoom={2}
        zoomOnDoubleClick={false}
        onInit={beginAtTheTop}
        ariaLabelConfig={SPOKEN}
      >
        <Background variant={BackgroundVariant.Dots} gap={18} size={1.5} />
        <CanvasTools />
        {nodes.length > SMALL && <MiniMap<PhaseNode> pannable zoomable ariaLabel="Overview" />}
      </ReactFlow>
      {nodes.length === 0 && (
        <div className="stage-empty">
          <p>{canEdit ? "No phases yet. “Add phase” makes the first: people start there." : "No phases."}</p>
        </div>
      )}
    </div>
  );
}

function beginAtTheTop(flow: ReactFlowInstance<PhaseNode, WayLine>): void {
  const all = flow.getNodesBounds(flow.getNodes());
  const box = document.querySelector(".process-graph .stage")?.getBoundingClientRect();
  if (!box || all.width === 0) return;
  const isLong = all.height * READABLE > box.height - 2 * MARGIN;
  if (!isLong || all.width * READABLE > box.width) void flow.fitView(FIT);
  else
    void flow.setViewport({
      x: box.width / 2 - (all.x + all.width / 2) * READABLE,
      y: MARGIN - all.y * READABLE,
      zoom: READABLE,
    });
}

/** A way that always holds, selected so that its condition can be written. */
export async function addWay(
  store: ReturnType<typeof useDesk>["store"],
  source: string,
  target: string,
): Promise<void> {
  const outcome = await store.change("Add way", [{ do: "add_way", values: { source, target } }]);
  const id = "made" in outcome ? outcome.made[0] : null;
  if (id) store.select({ kind: "way", id });
}
