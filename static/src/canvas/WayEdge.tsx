/** One edge on the canvas: its line, what it says, and where editing is on a button to put a node on it. */

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { createContext, memo, useContext } from "react";
import type { FlowEdge } from "./convert";
import { Icon } from "./Icon";
import { pathOf } from "./paths";

/** Called for "put a node here"; null on a canvas that only shows. */
export const InsertContext = createContext<((edgeId: string) => void) | null>(null);

function WayEdgeView(props: EdgeProps<FlowEdge>) {
  const { id, data, selected = false, markerEnd } = props;
  const insert = useContext(InsertContext);
  const [path, x, y] = pathOf(props);
  const { label = "", condition = "", mark = {} } = data ?? {};
  const isMarked = mark.problem !== undefined;
  const canInsert = insert !== null && selected;
  return (
    <>
      <BaseEdge id={id} path={path} interactionWidth={18} {...(markerEnd ? { markerEnd } : {})} />
      {(label || condition || isMarked || canInsert) && (
        <EdgeLabelRenderer>
          <div
            className={`flow-edge-label ${selected ? "is-selected" : ""} ${mark.taken === false ? "is-not-taken" : ""}`}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {isMarked && (
              <span className={mark.problem === "error" ? "tone-bad" : "tone-waiting"}>
                <Icon name={mark.problem === "error" ? "circle-x" : "triangle-alert"} className="toned" />
              </span>
            )}
            {label && <span className="flow-edge-name">{label}</span>}
            {condition && (
              <code className="flow-edge-condition" title={condition}>
                {condition}
              </code>
            )}
            {canInsert && (
              <button
                type="button"
                className="flow-edge-add nodrag nopan"
                aria-label="Insert a node on this edge"
                onClick={() => insert(id)}
              >
                <Icon name="plus" />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const WayEdge = memo(WayEdgeView);
