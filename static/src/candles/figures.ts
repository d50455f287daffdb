/** How far the review is, and what would be sent. */

import type { Item } from "./cart";
import type { Detection } from "./data";

export function drawProgress(text: HTMLElement, bar: HTMLElement, known: readonly Detection[]): void {
  const reviewed = known.reduce((sum, each) => sum + (each.verdict ? 1 : 0), 0);
  const right = known.reduce((sum, each) => sum + (each.verdict === "right" ? 1 : 0), 0);
  const rate = reviewed ? `, ${Math.round((right / reviewed) * 100)} % of them right` : "";
  text.textContent = `${reviewed} of ${known.length} reviewed${rate}`;
  bar.setAttribute("max", String(Math.max(known.length, 1)));
  bar.setAttribute("value", String(reviewed));
}

export function drawSend(form: HTMLElement | null, cart: readonly Item[], elsewhere: number): void {
  const words = form?.querySelector("[data-send-text]");
  if (!form || !words) return;
  const count = cart.length + elsewhere;
  form.hidden = count === 0;
  const text = count === 1 ? "Send 1 review" : `Send ${count} reviews`;
  words.textContent = elsewhere ? `${text}, ${elsewhere} of other sessions` : text;
}
