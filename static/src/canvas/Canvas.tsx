/** The canvas that the builder and the page of a run share: a graph to look at, to select in, perhaps to change.
 *
 * Must stand inside `CanvasProvider`, through which others reach the view (`useReactFlow`). Everything is
 * handed in: the graph, what is marked on it, what is selected. Without `editing` nothing can be changed.
 */

import {
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useStore,
} from "@xyflow/react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { CanvasTools } from "./CanvasTools";
import { type Choice, chosen, placesIn } from "./changes";
import { Converter, type FlowEdge, type FlowNode, NOTHING, type Selection } from "./convert";
import type { Graph, Position } from "./graph";
import type { Kinds } from "./kinds";
import { arranged, needsLayout } from "./layout";
import { type EdgeMarks, NO_EDGE_MARKS, NO_NODE_MARKS, type NodeMarks, TONES } from "./marks";
import { StepNode } from "./StepNode";
import { InsertContext, WayEdge } from "./WayEdge";

export const CanvasProvider = ReactFlowProvider;

/** What a canvas that may be changed reports; it changes nothing itself. */
export interface Editing {
  /** Nodes were put elsewhere, by pointer or by arrow keys. Called once at the end of a drag. */
  onMove: (places: ReadonlyMap<string, Position>) => void;
  onConnect: (source: string, port: string, target: string) => void;
  /** A connection was dropped on empty canvas, at `at` on the screen. */
  onConnectNowhere: (source: string, port: string, at: Position) => void;
  /** The end of an edge was put on another node or port. */
  onReconnect: (edgeId: string, source: string, port: string, target: string) => void;
  /** The button on a selected edge was pressed. */
  onInsert: (edgeId: string) => void;
}

interface CanvasProps {
  graph: Graph;
  kinds: Kinds;
  /** What screen readers call the canvas. */
  label: string;
  /** Per node id: state, note, figures, problem. Keep the identity of a mark that did not change. */
  nodeMarks?: NodeMarks;
  /** Per edge id: taken or not, problem. */
  edgeMarks?: EdgeMarks;
  selection?: Selection;
  onSelect?: (change: (before: Selection) => Selection) => void;
  /** A node was double-clicked. */
  onOpen?: (nodeId: string) => void;
  editing?: Editing;
  /** Beside the zoom buttons. */
  tools?: ReactNode;
  /** Inside the canvas, above everything: React Flow panels. */
  children?: ReactNode;
}

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { way: WayEdge };
/** Up to here a graph is its own overview. */
const SMALL = 12;
/** From here on only what is in view is rendered. */
const LARGE = 120;
/** Below this zoom nobody can read small print, so it is left out. */
const FAR = 0.35;
const FIT = { padding: 0.15, maxZoom: 1 };

export function Canvas(props: CanvasProps) {
  const { graph, kinds, editing, onSelect, onOpen } = props;
  const { nodeMarks = NO_NODE_MARKS, edgeMarks = NO_EDGE_MARKS, selection = NOTHING } = props;
  const [converter] = useState(() => new Converter(kinds));
  const [moved, setMoved] = useState<ReadonlyMap<string, Position>>();

  const isFar = useStore(({ transform }) => transform[2] < FAR);

  const drawn = useMemo(() => (needsLayout(graph) ? arranged(graph, kinds) : graph), [graph, kinds]);
  const nodes = useMemo(
    () => converter.toNodes(drawn, nodeMarks, selection.nodes, moved),
    [converter, drawn, nodeMarks, selection.nodes, moved],
  );
  const edges = useMemo(
    () => converter.toEdges(drawn, edgeMarks, selection.edges),
    [converter, drawn, edgeMarks, selection.edges],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      const picked = chosen(changes);
      if (picked.length > 0) onSelect?.((before) => ({ ...before, nodes: after(before.nodes, picked) }));
      const { dragged, dropped } = placesIn(changes);
      if (dropped.size > 0) {
        setMoved(undefined);
        editing?.onMove(dropped);
      } else if (dragged.size > 0) setMoved((before) => new Map([...(before ?? []), ...dragged]));
    },
    [onSelect, editing],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<FlowEdge>[]) => {
      const picked = chosen(changes);
      if (picked.length > 0) onSelect?.((before) => ({ ...before, edges: after(before.edges, picked) }));
    },
    [onSelect],
  );
  const onConnect = useCallback(
    ({ source, sourceHandle, target }: Connection) =>
      editing?.onConnect(source, sourceHandle ?? "out", target),
    [editing],
  );
  const onConnectEnd = useCallback<OnConnectEnd>(
    (event, { fromHandle, toNode }) => {
      if (!editing || toNode || fromHandle?.type !== "source") return;
      const at = "changedTouches" in event ? event.changedTouches[0] : event;
      if (at)
        editing.onConnectNowhere(fromHandle.nodeId, fromHandle.id ?? "out", { x: at.clientX, y: at.clientY });
    },
    [editing],
  );
  const onReconnect = useCallback(
    (edge: FlowEdge, { source, sourceHandle, target }: Connection) =>
      editing?.onReconnect(edge.id, source, sourceHandle ?? "out", target),
    [editing],
  );

  return (
    <InsertContext value={editing?.onInsert ?? null}>
      <ReactFlow<FlowNode, FlowEdge>
        className={isFar ? "flow-canvas is-far" : "flow-canvas"}
        aria-label={props.label}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDoubleClick={(_event, node) => onOpen?.(node.id)}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        {...(editing ? { onReconnect } : {})}
        nodesDraggable={editing !== undefined}
        nodesConnectable={editing !== undefined}
        elementsSelectable={onSelect !== undefined}
        edgesFocusable={onSelect !== undefined}
        onlyRenderVisibleElements={nodes.length > LARGE}
        deleteKeyCode={null}
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={MULTI}
        connectionRadius={28}
        minZoom={0.05}
        maxZoom={2}
        zoomOnDoubleClick={false}
        fitView
        fitViewOptions={FIT}
        ariaLabelConfig={SPOKEN}
      >
        <Background variant={BackgroundVariant.Dots} gap={18} size={1.5} />
        <CanvasTools>{props.tools}</CanvasTools>
        {nodes.length > SMALL && (
          <MiniMap<FlowNode> pannable zoomable nodeClassName={miniClass} ariaLabel="Overview" />
        )}
        {props.children}
      </ReactFlow>
    </InsertContext>
  );
}

const MULTI = ["Control", "Meta"];
const SPOKEN = {
  "node.a11yDescription.default": "Press Enter to select it, Alt and an arrow key to go to a neighbour.",
  "node.a11yDescription.keyboardDisabled": "Press Enter to select it.",
  "edge.a11yDescription.default": "Press Enter to select the edge.",
};

function miniClass({ data, selected }: FlowNode): string {
  const { state, problem } = data.mark;
  return [selected && "is-selected", state && TONES[state], problem && `has-${problem}`]
    .filter(Boolean)
    .join(" ");
}

function after(before: ReadonlySet<string>, choices: readonly Choice[]): ReadonlySet<string> {
  const now = new Set(before);
  for (const { id, selected } of choices) {
    if (selected) now.add(id);
    else now.delete(id);
  }
  return now;
}
