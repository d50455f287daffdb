/** `<time data-relative>` stays true while the page is open. The words are those of the server's `when` tag. */

export function relative(then: number, now: number): string {
  const seconds = Math.round((now - then) / 1000);
  const away = Math.abs(seconds);
  if (away < 5) return "just now";
  const text =
    away < 60
      ? `${away} s`
      : away < 3600
        ? `${Math.floor(away / 60)} min`
        : away < 86_400
          ? `${Math.floor(away / 3600)} h`
          : `${Math.floor(away / 86_400)} d`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;
const TIME = { hour: "2-digit", minute: "2-digit" } as const;

/** `16:48` today, else `21 Nov 2026`: by the clock of the person's zone, as the server writes times. */
export function shortly(at: Date, now = new Date()): string {
  const today = written(now, DAY) === written(at, DAY);
  return written(at, today ? TIME : DAY);
}

/** `21 Nov 2026, 16:48`. */
export function exactly(at: Date): string {
  return written(at, { ...DAY, ...TIME });
}

function written(at: Date, parts: Intl.DateTimeFormatOptions): string {
  const timeZone = document.documentElement.dataset.zone ?? "UTC";
  return new Intl.DateTimeFormat("en-GB", { ...parts, timeZone }).format(at);
}

const MONTH = 30 * 86_400_000;

export function refreshTimes(root: ParentNode = document, now = Date.now()): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
    const then = Date.parse(element.dateTime);
    if (Number.isNaN(then) || Math.abs(now - then) >= MONTH) continue; // the server wrote the date
    const text = relative(then, now);
    if (element.textContent !== text) element.textContent = text;
  }
}

export function watchTimes(): void {
  setInterval(() => {
    if (!document.hidden) refreshTimes();
  }, 10_000);
  document.addEventListener("visibilitychange", () => refreshTimes());
  document.addEventListener("htmx:afterSwap", () => refreshTimes());
}
