import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Graph } from "../../canvas/graph";
import { Conflict, type Draft, type Stored } from "../../editor/saving";
import { ApiError } from "../../page/http";
import { LocalCopy } from "./localcopy";
import { CALM_MS, Saver } from "./saver";

const graph = (id: string): Graph => ({ nodes: [{ id }], edges: [] });
const stored: Stored = { nodes: [], edges: [], checksum: "new", version: 2, version_status: "draft" };

describe("the saver", () => {
  const first = graph("a");
  let now = first;
  let local: LocalCopy;
  const save = vi.fn<(sent: unknown, overwrite?: string) => Promise<Stored>>();
  let saver: Saver;
  const change = (id: string) => {
    now = graph(id);
    saver.changed();
  };
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    now = first;
    save.mockReset().mockResolvedValue(stored);
    local = new LocalCopy("p", "w");
    const draft = { save, checksum: "old" } as unknown as Draft;
    saver = new Saver(draft, local, () => now, first, null, { version: 1, isDraft: false });
  });
  afterEach(() => vi.useRealTimers());

  it("saves once a while after the last of several changes, and keeps the draft here until then", async () => {
    change("b");
    change("c");
    expect(saver.state().kind).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(CALM_MS - 1);
    expect(local.read()).toMatchObject({ graph: graph("c"), base: "old" });
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(save.mock.calls).toEqual([[graph("c"), undefined]]);
    expect(saver.state().kind).toBe("saved");
    expect(saver.version()).toEqual({ version: 2, isDraft: true });
    expect(local.read()).toBeNull();
  });

  it("saves again what changed while it was saving", async () => {
    change("b");
    save.mockImplementationOnce(() => {
      now = graph("c");
      return Promise.resolve(stored);
    });
    await saver.save();
    expect(saver.isDirty).toBe(true);
    await vi.advanceTimersByTimeAsync(CALM_MS);
    expect(save).toHaveBeenLastCalledWith(graph("c"), undefined);
    expect(saver.isDirty).toBe(false);
  });

  it("tries again when the server is out of reach, and keeps the draft", async () => {
    save.mockRejectedValueOnce(new ApiError({ status: 0, code: "offline", detail: "gone" }));
    change("b");
    await saver.save();
    expect(saver.state()).toEqual({ kind: "offline", message: "gone" });
    expect(local.read()?.graph).toEqual(graph("b"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(saver.state().kind).toBe("saved");
  });

  it("never tries again by itself over somebody else's work", async () => {
    save.mockRejectedValueOnce(new Conflict("ben has saved", "theirs", "ben", ""));
    change("b");
    await saver.save();
    change("c");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save).toHaveBeenCalledTimes(1);
    expect(saver.state().kind).toBe("conflict");
    expect(await saver.save("theirs")).toBe(true);
    expect(save).toHaveBeenLastCalledWith(graph("c"), "theirs");
  });

  it.each([
    [403, "refused"],
    [413, "failed"],
    [503, "offline"],
  ])("takes an answer of %d for %s", async (status, kind) => {
    save.mockRejectedValueOnce(new ApiError({ status, code: "x", detail: "d" }));
    change("b");
    expect(await saver.save()).toBe(false);
    expect(saver.state().kind).toBe(kind);
  });

  it("saves nothing while the text is no graph", async () => {
    saver.block("no JSON");
    expect(await saver.save()).toBe(false);
    expect(saver.isDirty).toBe(true);
    saver.block("");
    expect(saver.isDirty).toBe(false);
    expect(save).not.toHaveBeenCalled();
  });
});
