/** One way on the canvas: when it is tried, what it is called, and who takes it. */

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { pathOf } from "../canvas/paths";
import { ProblemMark } from "./Card";
import { useDesk } from "./desk";
import type { WayLine } from "./drawing";
import { sidePath } from "./routes";

function LineView(props: EdgeProps<WayLine>) {
  const { id, data, selected = false, markerEnd } = props;
  const { store } = useDesk();
  const { number = null, label = "", words = "", problem = null, route = null } = data ?? {};
  const { sourceX, sourceY, targetX, targetY } = props;
  const [path, x, y] = route
    ? sidePath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, route)
    : pathOf(props);
  // Beside the phases it begins at its line, so that it does not cover them.
  const anchor = !route ? "-50%" : route.out > 0 ? "-0.625rem" : "calc(-100% + 0.625rem)";
  return (
    <>
      <BaseEdge id={id} path={path} interactionWidth={18} {...(markerEnd ? { markerEnd } : {})} />
      {(number !== null || label || words || problem) && (
        <EdgeLabelRenderer>
          <div
            className={selected ? "flow-edge-label way-label is-selected" : "flow-edge-label way-label"}
            onClick={() => store.select({ kind: "way", id })}
            style={{ transform: `translate(${anchor}, -50%) translate(${x}px, ${y}px)` }}
          >
            {problem && <ProblemMark problem={problem} />}
            {number !== null && <span className="way-number">{number}</span>}
            <span className="way-words">
              {label && <span className="flow-edge-name">{label.replaceAll("_", " ")}</span>}
              <span className="way-condition" title={words}>
                {words ? `if ${words}` : number !== null ? "always" : ""}
              </span>
            </span>
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const Line = memo(LineView);
