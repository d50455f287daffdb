/** The graph inside a node: how large it is, and the way into it. */

import { Icon } from "../../canvas/Icon";
import { idOf, type Json, readGraph } from "../../canvas/graph";
import { useBench, useBuilder } from "../bench";

export function GraphField({ value }: { value: Json | undefined }) {
  const { store } = useBench();
  const selected = useBuilder(({ selection }) => selection.nodes);
  const { nodes } = readGraph(value);
  const [id] = selected;
  const names = nodes.slice(0, 3).map(idOf).join(", ");
  return (
    <button
      type="button"
      className="btn btn-sm btn-line justify-start"
      onClick={() => id !== undefined && store.enter([...store.get().path, id])}
    >
      <Icon name="layers" /> Open the inner graph
      <span className="text-muted">
        {nodes.length === 0 ? "empty" : `${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}: ${names}`}
      </span>
    </button>
  );
}
