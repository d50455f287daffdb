/** How long an answer is, as the server counts: in code points, not in UTF-16 units. */

export interface Length {
  used: number;
  /** What is shown; empty while there is no need to look at it. */
  words: string;
  tone: "" | "tone-waiting" | "tone-bad";
}

const CLOSE = 0.9;
/** Limits above this are shown only once they come near. */
const TALKATIVE = 5_000;

export function lengthOf(text: string, limit: number): Length {
  const used = count(text);
  const left = limit - used;
  const close = used >= limit * CLOSE;
  if (left < 0) return { used, words: `${number(-left)} too many of ${number(limit)}`, tone: "tone-bad" };
  if (!close && limit > TALKATIVE) return { used, words: "", tone: "" };
  const words = `${number(used)} of ${number(limit)} characters`;
  return { used, words, tone: close ? "tone-waiting" : "" };
}

/** For those who do not see the counter: only what changes what they would do. */
export function announcement(before: Length | null, now: Length, limit: number): string {
  if (before?.tone === now.tone) return "";
  if (now.tone === "tone-bad") return `The answer is too long by ${number(now.used - limit)} characters.`;
  if (now.tone === "tone-waiting") return `Characters left: ${number(limit - now.used)}.`;
  return before ? "The answer fits." : "";
}

function count(text: string): number {
  let length = 0;
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- a loop counts code points without a copy
  for (const _ of text) length += 1;
  return length;
}

function number(value: number): string {
  return value.toLocaleString("en");
}
