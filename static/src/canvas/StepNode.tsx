/** One node on the canvas: icon, title, type or note, ports, state of a run, figures, problem mark. */

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { ICONS } from "../run/marks";
import { type FlowNode, portShare } from "./convert";
import { Icon } from "./Icon";
import { hasPortRow } from "./layout";
import { type Badge, TONES } from "./marks";

function StepNodeView({ data, selected, isConnectable }: NodeProps<FlowNode>) {
  const { mark, ports } = data;
  const classes = [
    "flow-node",
    mark.state && TONES[mark.state],
    data.isDisabled && "is-disabled",
    data.isStack && "is-stack",
    selected && "is-selected",
    mark.problem && `has-${mark.problem}`,
  ];
  return (
    <div className={classes.filter(Boolean).join(" ")} data-state={mark.state ?? ""}>
      <Handle type="target" position={Position.Top} isConnectable={isConnectable} />
      <div className="flow-node-body">
        <span className="flow-node-icon">
          <Icon name={data.icon} />
        </span>
        <span className="flow-node-text">
          <span className="flow-node-title">{data.title}</span>
          <span className="flow-node-note">
            {data.isDisabled && "Disabled · "}
            {mark.note ?? data.kindTitle}
          </span>
        </span>
        {mark.state && (
          <Icon name={ICONS[mark.state]} className={mark.state === "running" ? "toned spin" : "toned"} />
        )}
        {mark.problem && (
          <span title={mark.problemText} className={mark.problem === "error" ? "tone-bad" : "tone-waiting"}>
            <Icon name={mark.problem === "error" ? "circle-x" : "triangle-alert"} className="toned" />
          </span>
        )}
      </div>
      {hasPortRow(ports) && <PortNames ports={ports} />}
      {ports.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Bottom}
          isConnectable={isConnectable}
          title={port}
          style={{ left: `${portShare(index, ports.length) * 100}%` }}
        />
      ))}
      {mark.badges && mark.badges.length > 0 && <Badges badges={mark.badges} below={ports.length > 0} />}
    </div>
  );
}

function PortNames({ ports }: { ports: readonly string[] }) {
  return (
    <div className="flow-node-ports">
      {ports.map((port) => (
        <span key={port} title={port} className={port === "error" ? "is-error" : undefined}>
          {port}
        </span>
      ))}
    </div>
  );
}

function Badges({ badges, below }: { badges: readonly Badge[]; below: boolean }) {
  return (
    <div className={below ? "flow-node-badges is-above" : "flow-node-badges"}>
      {badges.map(({ icon, text, label }) => (
        <span key={label} title={label}>
          {icon && <Icon name={icon} />}
          {text}
        </span>
      ))}
    </div>
  );
}

export const StepNode = memo(StepNodeView);
