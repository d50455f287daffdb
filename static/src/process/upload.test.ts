import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../page/http";
import { Stopwatch, clock, refusal } from "./recorder";
import { Upload, type Put, type Recorded, type Sending } from "./upload";

const KEPT: Recorded = {
  duration_seconds: 4,
  transcription: "none",
  transcript: "",
  transcription_fault: "",
  answer_revision: 0,
};
const problem = (status: number) => new ApiError({ status, code: "x", detail: "No." });
const SOUND = new Blob(["voice"]);

function upload() {
  const put = vi.fn<Put>();
  const states: Sending[] = [];
  return { put, states, upload: new Upload(put, (state) => states.push(state)) };
}

const kinds = (states: Sending[]) => states.map((state) => state.kind);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a recording on its way", () => {
  it("is tried again until the server has it", async () => {
    const made = upload();
    made.put
      .mockRejectedValueOnce(problem(0))
      .mockRejectedValueOnce(problem(503))
      .mockResolvedValueOnce(KEPT);
    made.upload.start(SOUND);
    await vi.advanceTimersByTimeAsync(5_000);
    const once = ["sending", "waiting"];
    expect([kinds(made.states), made.upload.pending]).toEqual([[...once, ...once], true]);
    made.upload.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect([made.states.at(-1), made.upload.pending]).toEqual([{ kind: "kept", recorded: KEPT }, false]);
  });

  it("that the server refuses is told and not sent over and over", async () => {
    const made = upload();
    made.put.mockRejectedValue(problem(413));
    made.upload.start(SOUND);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.put).toHaveBeenCalledTimes(1);
    expect(made.states.at(-1)).toEqual({ kind: "refused", message: "No." });
  });

  it("that was thrown away meanwhile is not told of", async () => {
    const made = upload();
    let answer: (kept: Recorded) => void = () => undefined;
    made.put.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    made.upload.start(SOUND);
    made.upload.forget();
    answer(KEPT);
    await vi.advanceTimersByTimeAsync(0);
    expect(kinds(made.states)).toEqual(["sending"]);
  });
});

describe("recording", () => {
  it("counts no time while it rests", () => {
    let now = 0;
    const watch = new Stopwatch(() => now);
    watch.run();
    now = 2_000;
    watch.rest();
    now = 9_000;
    watch.run();
    now = 10_500;
    expect(watch.seconds).toBe(3.5);
    expect(clock(83.9)).toBe("1:23");
  });

  it("says what keeps it from beginning", () => {
    const named = ["NotAllowedError", "NotFoundError", "NotReadableError", "TypeError"].map(refusal);
    expect(named).toEqual(["refused", "missing", "busy", "unsupported"]);
  });
});
