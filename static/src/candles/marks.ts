/** What detections and corrections look like on the chart, in the colours of the present theme. */

import type { SeriesMarker, Time, UTCTimestamp } from "lightweight-charts";
import type { Item } from "./cart";
import type { Detection } from "./data";
import type { Look } from "./looks";

interface Scene {
  look: Look;
  chosen: Detection | undefined;
  timeAt: (bar: number) => number;
}

/** In the order of time, as the chart wants them. */
export function marksOf(
  detections: readonly Detection[],
  corrections: readonly Item[],
  scene: Scene,
): SeriesMarker<Time>[] {
  const marks = [
    ...detections.map((each) => markOf(each, scene)),
    ...corrections.map((item) => squareOf(item, scene)),
  ];
  return marks.sort((a, b) => (a.time as number) - (b.time as number));
}

export function colorOf(each: Detection, look: Look, chosen: Detection | undefined): string {
  if (each === chosen) return look.chosen;
  if (each.verdict === "wrong") return look.text;
  return each.direction === "bearish" ? look.down : look.up;
}

function markOf(each: Detection, { look, chosen }: Scene): SeriesMarker<Time> {
  const isChosen = each === chosen;
  const isAbove = each.direction === "bearish";
  return {
    time: each.time as UTCTimestamp,
    position: isAbove ? "aboveBar" : "belowBar",
    shape: each.verdict ? "circle" : isAbove ? "arrowDown" : "arrowUp",
    color: colorOf(each, look, chosen),
    size: isChosen ? 2 : 1,
    ...(isChosen && { text: String(each.number) }),
  };
}

function squareOf(item: Item, { look, timeAt }: Scene): SeriesMarker<Time> {
  return {
    time: timeAt(item.bar) as UTCTimestamp,
    position: item.direction === "bearish" ? "aboveBar" : "belowBar",
    shape: "square",
    color: look.chosen,
  };
}
