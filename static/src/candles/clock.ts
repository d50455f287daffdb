/** The axis of time by the reader's clock: days begin at their midnight, also where clocks are put forward. */

import { defaultHorzScaleBehavior, type Time } from "lightweight-charts";

const DAY = 86_400;
const HOUR = 3_600;
const FINER: readonly (readonly [seconds: number, weight: number])[] = [
  [12 * HOUR, 33],
  [6 * HOUR, 32],
  [3 * HOUR, 31],
  [HOUR, 30],
  [1_800, 22],
  [300, 21],
  [60, 20],
  [1, 10],
];

/** How far a zone is ahead of UTC, asked once a day of UTC and only then more often when it changes within. */
export class ZoneClock {
  private readonly days = new Map<number, number | undefined>();
  private readonly format: Intl.DateTimeFormat;

  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** Seconds since 1970 as if the zone's clock were that of UTC. */
  local(seconds: number): number {
    const day = Math.floor(seconds / DAY);
    if (!this.days.has(day)) {
      const begin = this.ahead(day * DAY);
      this.days.set(day, begin === this.ahead((day + 1) * DAY) ? begin : undefined);
    }
    return seconds + (this.days.get(day) ?? this.ahead(seconds));
  }

  private ahead(seconds: number): number {
    const parts = Object.fromEntries(
      this.format.formatToParts(seconds * 1000).map((part) => [part.type, Number(part.value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - Math.floor(seconds);
  }
}

/** How much a label of the axis matters at a bar after another, both by the zone's clock. */
export function weightOf(now: number, before: number): number {
  const [date, earlier] = [new Date(now * 1000), new Date(before * 1000)];
  if (date.getUTCFullYear() !== earlier.getUTCFullYear()) return 70;
  if (date.getUTCMonth() !== earlier.getUTCMonth()) return 60;
  if (date.getUTCDate() !== earlier.getUTCDate()) return 50;
  return FINER.find(([size]) => Math.floor(now / size) !== Math.floor(before / size))?.[1] ?? 0;
}

type Behaviour = InstanceType<ReturnType<typeof defaultHorzScaleBehavior>>;
type Points = Parameters<Behaviour["fillWeightsForPoints"]>[0];

/** The library reckons days in UTC; this one by a zone's clock. */
export function zonedTime(clock: ZoneClock): Behaviour {
  class ZonedTime extends defaultHorzScaleBehavior() {
    override fillWeightsForPoints(points: Points, start: number): void {
      const local = (at: number): number => clock.local(points[at]?.originalTime as number);
      for (let at = Math.max(start, 1); at < points.length; at++) {
        const point = points[at];
        if (point) point.timeWeight = weightOf(local(at), local(at - 1)) as typeof point.timeWeight;
      }
      const [first] = points;
      if (start === 0 && first && points.length > 1) {
        const step = (local(points.length - 1) - local(0)) / (points.length - 1);
        first.timeWeight = weightOf(local(0), local(0) - Math.ceil(step)) as typeof first.timeWeight;
      }
    }
  }
  return new ZonedTime();
}

export interface Words {
  zone: string;
  /** A moment, or the day of a bar that lasts one, in seconds since 1970. */
  exact: (seconds: number) => string;
  tick: (time: Time, kind: number) => string;
}

/** By the zone's clock. Bars of a day or more name a date, which is the same for everybody. */
export function wordsOf(zone: string, stepSeconds: number): Words {
  const isDaily = stepSeconds >= DAY;
  const timeZone = isDaily ? "UTC" : zone;
  const asked = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
  const exact = asked({ dateStyle: "medium", ...(!isDaily && { timeStyle: "short" }) });
  const formats = [
    asked({ year: "numeric" }),
    asked({ month: "short", year: "numeric" }),
    asked({ day: "numeric", month: "short" }),
    asked({ timeStyle: "short" }),
  ];
  return {
    zone: timeZone,
    exact: (seconds) => exact.format(seconds * 1000),
    tick: (time, kind) => (formats[Math.min(kind, 3)] ?? exact).format((time as number) * 1000),
  };
}
