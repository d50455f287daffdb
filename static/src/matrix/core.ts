/** What the server reckons of a matrix, reckoned here for the instant before it answers: exact, in integers.
 *
 * Weights and scores are ten-thousandths. A weighted sum of 50 criteria stays far below 2^53; where something
 * is divided or multiplied further, it is done in BigInt.
 */

export const PLACES = 4;
export const SCALE = 10 ** PLACES;
export const MOST_SCORE = 10;
export const MOST_WEIGHT = 1000;

export interface Standing {
  option: number;
  /** Null while a score is missing: a gap is no zero. */
  total: string | null;
  /** The same for options that are exactly equal. */
  rank: number | null;
  missing: number;
  isTied: boolean;
}

export class BadNumber extends Error {}

/** In ten-thousandths, from what was typed: a comma is a point. Null for nothing. Throws BadNumber. */
export function parsed(text: string, most: number): number | null {
  const typed = text.trim().replace(",", ".");
  if (!typed) return null;
  const found = /^(\d*)(?:\.(\d*))?$/.exec(typed);
  if (!found || typed === "." || (found[1] ?? "").length > 9) {
    throw new BadNumber(`“${text.trim()}” is no number from 0 to ${most}.`);
  }
  const decimals = (found[2] ?? "").replace(/0+$/, "");
  if (decimals.length > PLACES)
    throw new BadNumber(`“${text.trim()}” has more than ${PLACES} decimal places.`);
  const value = Number(found[1] ?? "") * SCALE + Number(decimals.padEnd(PLACES, "0"));
  if (value > most * SCALE) throw new BadNumber(`“${text.trim()}” is not between 0 and ${most}.`);
  return value;
}

/** Exact, without zeros at its end. */
export function plain(value: number): string {
  const whole = Math.floor(value / SCALE);
  const rest = String(value % SCALE)
    .padStart(PLACES, "0")
    .replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : String(whole);
}

/** Normalised and rounded to four places such that they add up to exactly 1; nothing without a weight. */
export function shares(weights: readonly number[]): string[] {
  const whole = weights.reduce((sum, each) => sum + each, 0);
  if (!whole) return weights.map(() => fixed(0));
  const parts = weights.map((each) => ({
    down: Math.floor((each * SCALE) / whole),
    rest: (each * SCALE) % whole,
  }));
  const left = SCALE - parts.reduce((sum, each) => sum + each.down, 0);
  const order = parts.map((_, at) => at);
  order.sort((one, other) => (parts[other]?.rest ?? 0) - (parts[one]?.rest ?? 0) || one - other);
  const ups = new Set(order.slice(0, left));
  return parts.map((each, at) => fixed(each.down + (ups.has(at) ? 1 : 0)));
}

/** In the order of the options. */
export function rank(
  weights: readonly number[],
  scores: readonly (readonly (number | null)[])[],
): Standing[] {
  const whole = weights.reduce((sum, each) => sum + each, 0);
  const sums = scores.map((row) => (whole ? weighed(weights, row) : null));
  const counts = new Map<number, number>();
  for (const each of sums) if (each !== null) counts.set(each, (counts.get(each) ?? 0) + 1);
  const places = new Map<number, number>();
  let ahead = 0;
  for (const each of [...counts.keys()].sort((one, other) => other - one)) {
    places.set(each, ahead + 1);
    ahead += counts.get(each) ?? 0;
  }
  return sums.map((sum, option) => ({
    option,
    total: sum === null ? null : shown(BigInt(sum), BigInt(whole) * BigInt(SCALE)),
    rank: sum === null ? null : (places.get(sum) ?? null),
    missing: (scores[option] ?? []).filter((each) => each === null).length,
    isTied: sum !== null && (counts.get(sum) ?? 0) > 1,
  }));
}

/** Rounded to four places, half to even. */
export function shown(above: bigint, below: bigint): string {
  const scaled = above * BigInt(SCALE);
  let value = scaled / below;
  const twice = (scaled % below) * 2n;
  if (twice > below || (twice === below && value % 2n === 1n)) value += 1n;
  return fixed(Number(value));
}

function weighed(weights: readonly number[], row: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const [at, weight] of weights.entries()) {
    const score = row[at] ?? null;
    if (score === null) return null;
    sum += weight * score;
  }
  return sum;
}

function fixed(value: number): string {
  return `${Math.floor(value / SCALE)}.${String(value % SCALE).padStart(PLACES, "0")}`;
}
