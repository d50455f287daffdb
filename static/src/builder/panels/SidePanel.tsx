/** The form of whatever one thing is selected. */

import { idOf, nodesById } from "../../canvas/graph";
import { useBench, useBuilder, useGraph } from "../bench";
import { EdgePanel } from "./EdgePanel";
import { NodePanel } from "./NodePanel";
import { PanelHead } from "./PanelHead";

export function SidePanel() {
  const graph = useGraph();
  const { nodes, edges } = useBuilder((state) => state.selection);
  if (nodes.size === 0 && edges.size === 0) return null;
  return (
    <aside className="panel" aria-label="Settings of what is selected">
      <Content graph={graph} nodes={[...nodes]} edges={[...edges]} />
    </aside>
  );
}

function Content(props: { graph: ReturnType<typeof useGraph>; nodes: string[]; edges: string[] }) {
  const { graph, nodes, edges } = props;
  const [node, edge] = [nodes[0], edges[0]];
  if (nodes.length === 1 && node !== undefined) {
    const part = nodesById(graph).get(node);
    return part ? <NodePanel key={node} node={part} /> : null;
  }
  if (nodes.length === 0 && edges.length === 1) {
    const part = graph.edges.find((each) => idOf(each) === edge);
    return part ? <EdgePanel key={edge} edge={part} /> : null;
  }
  return <Several count={nodes.length + edges.length} />;
}

function Several({ count }: { count: number }) {
  const { kinds } = useBench();
  return (
    <>
      <PanelHead icon="layers" title={`${count} selected`} />
      <div className="panel-body">
        <p className="form-help">
          Arrow keys move them, Ctrl C copies them, D disables the nodes, Delete deletes all. {kinds.size}{" "}
          node types can be added with Tab.
        </p>
      </div>
    </>
  );
}
