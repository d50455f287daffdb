/** Ways that would run through other phases go around them, to the side where the detour is shorter. */

import type { Position } from "../canvas/graph";
import type { Graph, Way } from "./model";
import { HEIGHT, type Placed, WIDTH } from "./places";

export interface Route {
  /** Where it runs up or down beside the phases. */
  x: number;
  /** Away from them: 1 to the right, -1 to the left. */
  out: 1 | -1;
}

const GAP = 36;
const LANE = 22;
const CLEAR = 12;
const TURN = 22;
const RADIUS = 10;

/** The side route of each way that needs one. */
export function routesOf(graph: Graph, places: Placed): Map<string, Route> {
  const routes = new Map<string, Route>();
  const cards = [...places.values()];
  const lanes = { "1": 0, "-1": 0 };
  for (const way of graph.ways) {
    const route = routeOf(way, places, cards);
    if (!route) continue;
    const lane = lanes[route.out]++;
    routes.set(way.id, { ...route, x: route.x + route.out * lane * LANE });
  }
  return routes;
}

function routeOf(way: Way, places: Placed, cards: readonly Position[]): Route | null {
  const [source, target] = [places.get(way.source), places.get(way.target)];
  if (!source || !target || way.source === way.target) return null;
  const isBack = target.y < source.y + HEIGHT;
  if (!isBack && !cards.some((card) => isInTheWay(card, source, target))) return null;
  const [top, bottom] = isBack ? [target.y, source.y + HEIGHT] : [source.y + HEIGHT, target.y];
  const passed = [source, target, ...cards].filter(
    (card, index) => (isBack && index < 2) || (card.y < bottom && card.y + HEIGHT > top),
  );
  const left = Math.min(...passed.map(({ x }) => x)) - GAP;
  const right = Math.max(...passed.map(({ x }) => x)) + WIDTH + GAP;
  const detour = (x: number) => Math.abs(x - source.x - WIDTH / 2) + Math.abs(x - target.x - WIDTH / 2);
  return detour(right) <= detour(left) ? { x: right, out: 1 } : { x: left, out: -1 };
}

/** Whether the straight line down from source to target touches the card. */
function isInTheWay(card: Position, source: Position, target: Position): boolean {
  const [top, bottom] = [source.y + HEIGHT, target.y];
  if (card.y + HEIGHT <= top || card.y >= bottom) return false;
  const share = (y: number) => (Math.min(Math.max(y, top), bottom) - top) / (bottom - top);
  const at = (y: number) => source.x + (target.x - source.x) * share(y) + WIDTH / 2;
  const [from, to] = [at(card.y), at(card.y + HEIGHT)];
  return Math.max(from, to) > card.x - CLEAR && Math.min(from, to) < card.x + WIDTH + CLEAR;
}

/** The line of a side route with round corners, and where its label begins. */
export function sidePath(from: Position, to: Position, route: Route): [path: string, x: number, y: number] {
  const [down, up] = [from.y + TURN, to.y - TURN];
  const points = [
    from,
    { x: from.x, y: down },
    { x: route.x, y: down },
    { x: route.x, y: up },
    { x: to.x, y: up },
    to,
  ];
  return [rounded(points), route.x, (down + up) / 2];
}

function rounded(points: readonly Position[]): string {
  let path = "";
  points.forEach((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (!before) path += `M${point.x},${point.y}`;
    else if (!after) path += `L${point.x},${point.y}`;
    else {
      const [a, b] = [towards(point, before), towards(point, after)];
      path += `L${a.x},${a.y}Q${point.x},${point.y} ${b.x},${b.y}`;
    }
  });
  return path;
}

/** At most a radius away from the corner, and no further than half of the way. */
function towards(corner: Position, other: Position): Position {
  const [dx, dy] = [other.x - corner.x, other.y - corner.y];
  const length = Math.hypot(dx, dy);
  const share = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length;
  return { x: corner.x + dx * share, y: corner.y + dy * share };
}
