import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../page/http";
import { Saver, type Kept, type Send, type State } from "./saver";

const KEPT: Kept = { revision: 1, saved_at: "2026-11-21T14:02:00Z" };
const problem = (status: number, code: string, more = {}) =>
  new ApiError({ status, code, detail: "No.", ...more });

function saver(...answers: (Kept | null | ApiError)[]) {
  const send = vi.fn<Send>();
  for (const each of answers)
    if (each instanceof ApiError) send.mockRejectedValueOnce(each);
    else send.mockResolvedValueOnce(each);
  const states: State[] = [];
  return { send, states, saver: new Saver(send, 0, (state) => states.push(state)) };
}

const kinds = (states: State[]) => states.map((state) => state.kind);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("an answer that is typed", () => {
  it("is sent once the person rests, with the last of what they typed", async () => {
    const made = saver(KEPT);
    made.saver.type({ value: "A" });
    await vi.advanceTimersByTimeAsync(700);
    made.saver.type({ value: "A house" });
    await vi.advanceTimersByTimeAsync(700);
    expect(made.send).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(made.send.mock.calls).toEqual([[{ value: "A house" }, 0]]);
    expect(kinds(made.states)).toEqual(["saving", "saved"]);
    expect([made.saver.revision, made.saver.unsaved]).toEqual([1, false]);
  });

  it("is sent again after what was typed during a request, on the revision that came back", async () => {
    let answer: (kept: Kept) => void = () => undefined;
    const made = saver();
    made.send.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    made.send.mockResolvedValueOnce({ ...KEPT, revision: 2 });
    made.saver.type({ value: "one" });
    await vi.advanceTimersByTimeAsync(800);
    made.saver.type({ value: "two" });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(made.send).toHaveBeenCalledTimes(1);
    answer(KEPT);
    await vi.advanceTimersByTimeAsync(0);
    expect(made.send.mock.calls[1]).toEqual([{ value: "two" }, 1]);
    expect(made.saver.revision).toBe(2);
  });

  it("waits for the network and is tried again", async () => {
    const made = saver(problem(0, "offline"), problem(502, "error"), KEPT);
    made.saver.type({ value: "kept" });
    await vi.advanceTimersByTimeAsync(800);
    expect([kinds(made.states).at(-1), made.saver.blocked]).toEqual(["offline", true]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(made.send).toHaveBeenCalledTimes(2);
    made.saver.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect([made.send.mock.calls[2]?.[0].value, made.saver.unsaved]).toEqual(["kept", false]);
  });

  it("that was changed elsewhere waits for the person's choice, and nothing overwrites it", async () => {
    const clash = problem(409, "answer_changed", { revision: 4, value: "theirs" });
    const made = saver(clash, { ...KEPT, revision: 5 });
    made.saver.type({ value: "mine" });
    await made.saver.settle();
    made.saver.type({ value: "mine, longer" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(made.send).toHaveBeenCalledTimes(1);
    expect(made.states.at(-1)).toEqual({ kind: "changed", message: "No.", theirs: "theirs" });
    made.saver.keepMine();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.send.mock.calls[1]).toEqual([{ value: "mine, longer" }, 4]);
  });

  it("gives way to the other one if the person wants that", async () => {
    const made = saver(problem(409, "answer_changed", { revision: 4, value: "theirs" }));
    made.saver.type({ value: "mine" });
    await made.saver.settle();
    made.saver.takeTheirs();
    expect([made.saver.revision, made.saver.unsaved]).toEqual([4, false]);
  });

  it("that the server refuses is told and not sent over and over", async () => {
    const made = saver(problem(400, "invalid"));
    made.saver.type({ value: "too long" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.send).toHaveBeenCalledTimes(1);
    expect(made.states.at(-1)).toEqual({ kind: "refused", message: "No." });
    expect([made.saver.unsaved, made.saver.blocked]).toEqual([true, false]);
  });

  it("is told to be kept where it is left blank, whatever its kind", async () => {
    const made = saver(KEPT, KEPT, KEPT);
    for (const value of ["  ", [], "x"]) {
      made.saver.type({ value }, 0);
      await made.saver.settle();
    }
    expect(kinds(made.states)).toEqual(["saving", "blank", "saving", "blank", "saving", "saved"]);
  });

  it("begins anew once it was taken back, and builds on what an older page had seen", async () => {
    const made = saver(KEPT, KEPT);
    made.saver.rebase(7);
    made.saver.type({ value: "late" }, 0);
    await made.saver.settle();
    expect(made.send.mock.calls[0]?.[1]).toBe(7);
    made.saver.type({ value: "never sent" });
    made.saver.forget();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([made.send.mock.calls.length, made.saver.revision, made.saver.unsaved]).toEqual([1, 0, false]);
  });

  it("is kept here while nobody is logged in", async () => {
    const made = saver(null);
    made.saver.type({ value: "mine" });
    await made.saver.settle();
    expect(made.saver.blocked).toBe(true);
  });
});
