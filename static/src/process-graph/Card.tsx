/** One phase on the canvas: what it is, what it asks, whether it begins or ends the process. */

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { Icon } from "../canvas/Icon";
import type { PhaseNode, Problem } from "./drawing";

function CardView({ data, selected, isConnectable }: NodeProps<PhaseNode>) {
  const { phase, problem } = data;
  const classes = ["flow-node", "phase-card", selected && "is-selected", problem && `has-${problem.worst}`];
  return (
    <div className={classes.filter(Boolean).join(" ")}>
      <Handle type="target" position={Position.Top} isConnectable={isConnectable} />
      {(data.isStart || data.isEnd) && (
        <span className={data.isStart ? "phase-end is-start" : "phase-end"}>
          {data.isStart ? "Start" : "End"}
        </span>
      )}
      <div className="flow-node-body">
        <span className="flow-node-icon">
          <Icon name={data.icon} />
        </span>
        <span className="flow-node-text">
          <span className="flow-node-title">{phase.name}</span>
          <span className="flow-node-note">
            {data.kind} · <code>{phase.key}</code>
          </span>
        </span>
        {problem && <ProblemMark problem={problem} />}
      </div>
      <div className="phase-marks">{data.marks.join(" · ") || "asks nothing"}</div>
      <Handle type="source" position={Position.Bottom} isConnectable={isConnectable} />
    </div>
  );
}

export function ProblemMark({ problem }: { problem: Problem }) {
  const isError = problem.worst === "error";
  return (
    <span title={problem.text} className={isError ? "tone-bad" : "tone-waiting"}>
      <Icon name={isError ? "circle-x" : "triangle-alert"} className="toned" />
    </span>
  );
}

export const Card = memo(CardView);
