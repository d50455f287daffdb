/** The canvas of the builder: turns what happens on it into changes of the draft. */

import { useReactFlow } from "@xyflow/react";
import { useCallback, useMemo } from "react";
import { Canvas, type Editing } from "../canvas/Canvas";
import type { Selection } from "../canvas/convert";
import { useBench, useBuilder, useGraph } from "./bench";
import { type Finding, marksOf } from "./model/findings";
import { bodyField } from "./model/levels";
import { connect, moveNodes, reconnect } from "./model/operations";
import { nodesById } from "../canvas/graph";
import { DRAG_TYPE } from "./panels/Palette";

interface Props {
  /** A node type was dropped there. */
  onDropKind: (name: string, at: { x: number; y: number }) => void;
}

export function Stage({ onDropKind }: Props) {
  const { store, kinds, findings, place, settings } = useBench();
  const graph = useGraph();
  const selection = useBuilder((state) => state.selection);
  const { screenToFlowPosition } = useReactFlow();
  const marks = useStableMarks(findings);
  const onSelect = useCallback(
    (change: (before: Selection) => Selection) => store.select(change(store.get().selection)),
    [store],
  );
  const editing = useMemo<Editing>(
    () => ({
      onMove: (places) => store.edit("Move", (before) => moveNodes(before, places), { key: "move" }),
      onConnect: (source, port, target) =>
        store.edit("Connect", (before) => connect(before, source, port, target)),
      onConnectNowhere: (node, port, at) => place({ from: { node, port }, at: screenToFlowPosition(at) }),
      onReconnect: (id, source, port, target) =>
        store.edit("Reconnect", (before) => reconnect(before, id, source, port, target)),
      onInsert: (onEdge) => place({ onEdge }),
    }),
    [store, place, screenToFlowPosition],
  );
  const open = useCallback(
    (id: string) => {
      if (bodyField(nodesById(store.graph()).get(id), kinds)) store.enter([...store.get().path, id]);
      else document.querySelector<HTMLElement>(".panel input, .panel select")?.focus();
    },
    [store, kinds],
  );
  return (
    <div
      className="stage"
      tabIndex={0}
      role="group"
      aria-label="Canvas: Tab adds a node, Alt and arrow keys go from node to node, ? tells all keys"
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAG_TYPE)) event.preventDefault();
      }}
      onDrop={(event) => {
        const name = event.dataTransfer.getData(DRAG_TYPE);
        if (!name) return;
        event.preventDefault();
        onDropKind(name, screenToFlowPosition({ x: event.clientX - 104, y: event.clientY - 26 }));
      }}
    >
      <Canvas
        graph={graph}
        kinds={kinds}
        label={`Graph of ${settings.name}`}
        nodeMarks={marks.nodes}
        edgeMarks={marks.edges}
        selection={selection}
        onSelect={onSelect}
        onOpen={open}
        editing={editing}
      >
        {graph.nodes.length === 0 && (
          <div className="stage-empty">
            <p>
              Nothing here yet. Press <kbd>Tab</kbd> or “Add” for the first node.
            </p>
          </div>
        )}
      </Canvas>
    </div>
  );
}

/** The same objects again for the same findings, so that nodes are not drawn anew. */
function useStableMarks(findings: readonly Finding[]) {
  const told = JSON.stringify(findings);
  return useMemo(() => marksOf(JSON.parse(told) as Finding[]), [told]);
}
