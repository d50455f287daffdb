/** A stored graph as React Flow draws it, with sizes and handles worked out so that nothing is measured. */

import { type Edge, MarkerType, type Node, type NodeHandle, Position as Side } from "@xyflow/react";
import {
  dataOf,
  DEFAULT_PORT,
  type Graph,
  idOf,
  isObject,
  nodesById,
  type Part,
  portOf,
  positionOf,
  textOf,
  titleOf,
} from "./graph";
import { iconOf, type Kind, type Kinds, portsOf } from "./kinds";
import { sizeOf } from "./layout";
import type { EdgeMark, EdgeMarks, NodeMark, NodeMarks } from "./marks";
import { WORDS } from "../run/marks";

interface NodeView extends Record<string, unknown> {
  part: Part;
  title: string;
  kindTitle: string;
  icon: string;
  ports: readonly string[];
  isDisabled: boolean;
  /** It runs a graph of its own for each item. */
  isStack: boolean;
  mark: NodeMark;
}

interface EdgeView extends Record<string, unknown> {
  part: Part;
  label: string;
  condition: string;
  mark: EdgeMark;
}

export type FlowNode = Node<NodeView, "step">;
export type FlowEdge = Edge<EdgeView, "way">;

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

export const NOTHING: Selection = { nodes: new Set(), edges: new Set() };

const NO_MARK = {};
const HEAD = { type: MarkerType.ArrowClosed, width: 14, height: 14, color: "var(--edge-tone)" };
const TAKEN = { ...HEAD, color: "var(--edge-taken)" };

interface Drawn<T> {
  flow: T;
  inputs: readonly unknown[];
}

/** Makes the same objects again for parts that did not change: React Flow then leaves them alone. */
export class Converter {
  private nodes = new Map<string, Drawn<FlowNode>>();
  private edges = new Map<string, Drawn<FlowEdge>>();
  private readonly ports = new WeakMap<Part, readonly string[]>();

  constructor(private readonly kinds: Kinds) {}

  toNodes(
    graph: Graph,
    marks: NodeMarks,
    selected: ReadonlySet<string>,
    moved?: ReadonlyMap<string, { x: number; y: number }>,
  ): FlowNode[] {
    const before = this.nodes;
    this.nodes = new Map();
    return [...nodesById(graph)].map(([id, part]) => {
      const mark = marks.get(id) ?? NO_MARK;
      const inputs = [part, mark, selected.has(id), moved?.get(id)];
      const known = before.get(id);
      const drawn =
        known && same(known.inputs, inputs)
          ? known
          : { inputs, flow: toNode(part, this.kindOf(part), mark, selected.has(id), moved?.get(id)) };
      this.nodes.set(id, drawn);
      return drawn.flow;
    });
  }

  toEdges(graph: Graph, marks: EdgeMarks, selected: ReadonlySet<string>): FlowEdge[] {
    const before = this.edges;
    const nodes = nodesById(graph);
    this.edges = new Map();
    const flows: FlowEdge[] = [];
    for (const part of graph.edges) {
      const id = idOf(part);
      const source = nodes.get(textOf((part as Part | null)?.source));
      const target = nodes.get(textOf((part as Part | null)?.target));
      if (!id || this.edges.has(id) || !source || !target) continue;
      const mark = marks.get(id) ?? NO_MARK;
      const hasPort = this.portsOf(source).includes(portOf(part));
      const names = `${titleOf(source)} → ${titleOf(target)}`;
      const inputs = [part, mark, selected.has(id), hasPort, names];
      const known = before.get(id);
      const drawn =
        known && same(known.inputs, inputs)
          ? known
          : { inputs, flow: toEdge(part, mark, selected.has(id), hasPort, names) };
      this.edges.set(id, drawn);
      flows.push(drawn.flow);
    }
    return flows;
  }

  private portsOf(part: Part): readonly string[] {
    const ports = this.ports.get(part) ?? portsOf(part, this.kindOf(part));
    this.ports.set(part, ports);
    return ports;
  }

  private kindOf(part: Part): Kind | undefined {
    return this.kinds.get(textOf(part.type));
  }
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function toNode(
  part: Part,
  kind: Kind | undefined,
  mark: NodeMark,
  selected: boolean,
  moved: { x: number; y: number } | undefined,
): FlowNode {
  const ports = portsOf(part, kind);
  const size = sizeOf(ports);
  const view: NodeView = {
    part,
    title: titleOf(part),
    kindTitle: kind?.title ?? textOf(part.type),
    icon: iconOf(kind),
    ports,
    isDisabled: dataOf(part).disabled === true,
    isStack: Boolean(kind?.body_field),
    mark,
  };
  return {
    id: idOf(part),
    type: "step",
    position: moved ?? positionOf(part) ?? { x: 0, y: 0 },
    ...size,
    measured: size,
    handles: handlesOf(ports, size),
    data: view,
    selected,
    ariaLabel: spoken(view),
  };
}

/** Where a port's handle sits, as a share of the node's width. */
export function portShare(index: number, count: number): number {
  return (index + 0.5) / count;
}

function handlesOf(ports: readonly string[], { width, height }: { width: number; height: number }) {
  const handle = { width: 1, height: 1 };
  const handles: NodeHandle[] = [{ ...handle, type: "target", position: Side.Top, x: width / 2, y: 0 }];
  ports.forEach((id, index) => {
    const x = portShare(index, ports.length) * width;
    handles.push({ ...handle, id, type: "source", position: Side.Bottom, x, y: height });
  });
  return handles;
}

function spoken({ title, kindTitle, isDisabled, mark }: NodeView): string {
  const parts = [
    title,
    kindTitle,
    isDisabled && "disabled",
    mark.note ?? (mark.state && WORDS[mark.state]),
    ...(mark.badges ?? []).map(({ label }) => label),
    mark.problemText && `problem: ${mark.problemText}`,
  ];
  return parts.filter(Boolean).join(", ");
}

function toEdge(part: Part, mark: EdgeMark, selected: boolean, hasPort: boolean, names: string): FlowEdge {
  const port = portOf(part);
  const condition = textOf(part.condition);
  const label = textOf(part.label) || (port === DEFAULT_PORT ? "" : port);
  const flow: FlowEdge = {
    id: idOf(part),
    type: "way",
    source: textOf(part.source),
    target: textOf(part.target),
    data: { part, label, condition, mark },
    selected,
    markerEnd: mark.taken ? TAKEN : HEAD,
    className: classesOf(mark),
    ariaLabel: ["Edge", names, label, condition && `if ${condition}`, mark.problemText]
      .filter(Boolean)
      .join(", "),
  };
  // An edge from a port that is not there any more is drawn from the first one, and marked by validation.
  return hasPort ? { ...flow, sourceHandle: port } : flow;
}

function classesOf({ taken, problem }: EdgeMark): string {
  const classes = [
    taken === true && "is-taken",
    taken === false && "is-not-taken",
    problem && `has-${problem}`,
  ];
  return classes.filter(Boolean).join(" ");
}

/** How many parts of a document cannot be drawn: they have no id, a doubled one, or lead nowhere. */
export function undrawn(graph: Graph): number {
  const nodes = nodesById(graph);
  const ids = new Set<string>();
  for (const edge of graph.edges) {
    if (!isObject(edge) || !nodes.has(textOf(edge.source)) || !nodes.has(textOf(edge.target))) continue;
    if (idOf(edge)) ids.add(idOf(edge));
  }
  return graph.nodes.length - nodes.size + graph.edges.length - ids.size;
}
