import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { el } from "../page/dom";
import { ApiError } from "../page/http";

const calls = vi.hoisted(() => ({ callApi: vi.fn() }));
vi.mock("../page/http", async (original) => ({ ...(await original<object>()), ...calls }));

const { callApi } = calls;
const problem = (status: number, code: string, more = {}) =>
  new ApiError({ status, code, detail: "It is too long.", ...more });
const kept = (revision: number) => ({ revision, saved_at: "2026-11-21T14:02:00Z" });

function field(): HTMLTextAreaElement {
  const found = document.querySelector("textarea");
  if (!found) throw new Error("There is no field.");
  return found;
}
const line = (): string => document.querySelector("[data-saved]")?.textContent ?? "";
function write(text: string): void {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
}
const rest = () => vi.advanceTimersByTimeAsync(800);
const leaving = (): boolean => {
  const event = new Event("beforeunload", { cancelable: true });
  dispatchEvent(event);
  return !event.defaultPrevented;
};

await import("./further");

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-21T15:00:00Z") });
  callApi.mockReset();
  const reply = el("textarea", { "data-reply": "/reply/", "data-revision": "3" });
  document.body.replaceChildren(el("div", {}, reply, el("p", { "data-saved": true })));
});
afterEach(async () => {
  callApi.mockResolvedValue(kept(9)); // what waits for the network is not left to the next test
  dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  vi.useRealTimers();
});

describe("a reply to a further question", () => {
  it("is saved once the person rests, in a field that came after the page", async () => {
    callApi.mockResolvedValueOnce(kept(4)).mockResolvedValueOnce(kept(5));
    write("A wal");
    write("A waltz");
    expect(callApi).not.toHaveBeenCalled();
    await rest();
    expect(callApi.mock.calls).toEqual([["POST", "/reply/", { value: "A waltz", revision: 3 }]]);
    expect(line()).toBe("Saved 14:02");
    write("A slow waltz");
    await rest();
    expect(callApi.mock.calls[1]).toEqual(["POST", "/reply/", { value: "A slow waltz", revision: 4 }]);
  });

  it("says that it is being saved, and holds back whoever would leave before", async () => {
    let answer: (value: unknown) => void = () => undefined;
    callApi.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    write("A waltz");
    expect(leaving()).toBe(false);
    await rest();
    expect([line(), leaving()]).toEqual(["Saving…", false]);
    answer(kept(4));
    await vi.advanceTimersByTimeAsync(0);
    expect([line(), leaving()]).toEqual(["Saved 14:02", true]);
  });

  it.each([
    [problem(400, "invalid"), "Not saved: It is too long."],
    [
      problem(409, "answer_changed", { revision: 9, value: "Theirs" }),
      "Not saved: it was changed in another tab. Copy yours and load the page again.",
    ],
    [problem(0, "offline"), "Not saved: no connection, trying again"],
  ])("says why it was not saved", async (fault, words) => {
    callApi.mockRejectedValueOnce(fault);
    write("A waltz");
    await rest();
    expect([line(), leaving()]).toEqual([words, false]);
  });

  it("is sent again as soon as the network is back", async () => {
    callApi.mockRejectedValueOnce(problem(0, "offline")).mockResolvedValueOnce(kept(4));
    write("A waltz");
    await rest();
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect([callApi.mock.calls.length, line()]).toEqual([2, "Saved 14:02"]);
  });

  it("says that a blank leaves what was there", async () => {
    callApi.mockResolvedValueOnce(kept(3));
    write("  ");
    await rest();
    expect(line()).toBe("Left as it was");
  });

  it("is none of its business in another field", async () => {
    delete field().dataset.reply;
    write("A waltz");
    await rest();
    expect(callApi).not.toHaveBeenCalled();
  });
});
