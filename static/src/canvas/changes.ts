/** What React Flow reports, in the words of its canvases: who was selected, and what was put where. */

import type { Node, NodeChange } from "@xyflow/react";
import type { Position } from "./graph";

export interface Choice {
  id: string;
  selected: boolean;
}

export function chosen(changes: readonly { type: string }[]): Choice[] {
  return changes.filter((change): change is Choice & { type: string } => change.type === "select");
}

/** Places on the way, and places to stay, both in whole pixels. */
export function placesIn<N extends Node>(
  changes: NodeChange<N>[],
): Record<"dragged" | "dropped", Map<string, Position>> {
  const dragged = new Map<string, Position>();
  const dropped = new Map<string, Position>();
  for (const change of changes) {
    if (change.type !== "position" || !change.position) continue;
    const { x, y } = change.position;
    (change.dragging ? dragged : dropped).set(change.id, { x: Math.round(x), y: Math.round(y) });
  }
  return { dragged, dropped };
}
