import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Feed, sayState, type FeedState } from "./feed";

class Socket {
  sent: string[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  closed = false;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
    this.onclose?.({ code: 1000 });
  }
}

let sockets: Socket[];
let states: FeedState[];
let cursor: number;
let feed: Feed;

beforeEach(() => {
  vi.useFakeTimers();
  [sockets, states, cursor] = [[], [], 7];
  feed = new Feed({
    subscription: () => ({ execution: "x", after: cursor }),
    onNews: (message) => {
      cursor = message.seq as number;
    },
    onState: (state) => states.push(state),
    open: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  feed.start();
});

afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});

test("it subscribes from what the page has", () => {
  sockets[0]?.onopen?.();
  expect(sockets[0]?.sent).toEqual(['{"subscribe":{"execution":"x","after":7}}']);
  expect(states).toEqual(["connecting", "live"]);
});

test("after a cut it asks from the last event that came", () => {
  sockets[0]?.onopen?.();
  sockets[0]?.onmessage?.({ data: '{"seq": 12}' });
  sockets[0]?.onclose?.({ code: 1006 });
  expect(states.at(-1)).toBe("reconnecting");
  vi.advanceTimersByTime(1000);
  sockets[1]?.onopen?.();
  expect(sockets[1]?.sent).toEqual(['{"subscribe":{"execution":"x","after":12}}']);
  expect(states.at(-1)).toBe("live");
});

test("pauses between attempts grow, and start small again after a success", () => {
  const waits: number[] = [];
  for (let attempt = 0; attempt < 6; attempt++) {
    const before = sockets.length;
    sockets.at(-1)?.onclose?.({ code: 1006 });
    let waited = 0;
    while (sockets.length === before && waited < 60_000) {
      vi.advanceTimersByTime(100);
      waited += 100;
    }
    waits.push(waited);
  }
  expect(waits[0]).toBeLessThanOrEqual(700);
  expect(waits[5]).toBeGreaterThan(8_000);
  expect(waits[5]).toBeLessThanOrEqual(19_000);
  sockets.at(-1)?.onopen?.();
  const before = sockets.length;
  sockets.at(-1)?.onclose?.({ code: 1006 });
  vi.advanceTimersByTime(700);
  expect(sockets.length).toBe(before + 1);
});

test("somebody who looks again, or whose network is back, does not wait", () => {
  sockets[0]?.onclose?.({ code: 1006 });
  dispatchEvent(new Event("online"));
  expect(sockets.length).toBe(2);
  vi.advanceTimersByTime(60_000);
  expect(sockets.length).toBe(2);
});

test("a session that has ended is said and not asked for again", () => {
  sockets[0]?.onclose?.({ code: 4401 });
  vi.advanceTimersByTime(60_000);
  expect(states.at(-1)).toBe("signed-out");
  expect(sockets.length).toBe(1);
});

test("access that was taken away ends it", () => {
  sockets[0]?.onopen?.();
  sockets[0]?.onmessage?.({ data: '{"error": {"code": "not_found", "message": "gone"}}' });
  vi.advanceTimersByTime(60_000);
  expect(states.at(-1)).toBe("refused");
  expect(sockets.length).toBe(1);
});

test("the state is told in words", () => {
  const element = document.createElement("span");
  element.hidden = true;
  sayState(element, "reconnecting");
  expect(element.hidden).toBe(false);
  expect(element.textContent).toBe("Reconnecting…");
  sayState(element, "signed-out");
  expect(element.textContent).toContain("logged out");
});
