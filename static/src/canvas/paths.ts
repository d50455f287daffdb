/** The lines of edges, and where their labels stand. */

import { type EdgeProps, getBezierPath, getSmoothStepPath } from "@xyflow/react";

/** Down to what comes later, around the side to what came before, and a loop to itself. */
export function pathOf(props: EdgeProps): [path: string, labelX: number, labelY: number] {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, source, target } = props;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  if (source === target) return aroundItself(sourceX, sourceY, targetX, targetY);
  const isForward = targetY - sourceY > 16;
  const [path, x, y] = isForward
    ? getBezierPath({ ...ends, curvature: 0.3 })
    : getSmoothStepPath({ ...ends, borderRadius: 12, offset: 24 });
  return [path, x, y];
}

function aroundItself(x: number, bottom: number, targetX: number, top: number): [string, number, number] {
  const side = Math.max(x, targetX) + 150;
  const path = `M${x},${bottom} C${x},${bottom + 50} ${side},${bottom + 50} ${side},${(top + bottom) / 2} S${targetX},${top - 50} ${targetX},${top}`;
  return [path, side, (top + bottom) / 2];
}
