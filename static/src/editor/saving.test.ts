import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../page/http";
import { Conflict, Draft, graphOf } from "./saving";

const URLS = { workflow: "/w/", validate: "/v/", publish: "/p/" };
const GRAPH = { nodes: [], edges: [] };

function answers(...all: [number, unknown][]) {
  const fetch = vi.fn<typeof globalThis.fetch>();
  for (const [status, body] of all)
    fetch.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetch);
  return (call: number) => JSON.parse(fetch.mock.calls[call]?.[1]?.body as string) as Record<string, unknown>;
}

afterEach(() => vi.unstubAllGlobals());

describe("a draft", () => {
  it("is saved on the graph that the edit began with, then on what was saved", async () => {
    const sent = answers([200, { checksum: "two" }], [200, { checksum: "three" }]);
    const draft = new Draft(URLS, "one");
    await draft.save(GRAPH);
    await draft.save(GRAPH);
    expect([sent(0).base_checksum, sent(1).base_checksum]).toEqual(["one", "two"]);
  });

  it("that somebody overtook is told with their checksum, and is not forgotten", async () => {
    const conflict = { code: "draft_conflict", detail: "ben has saved", checksum: "theirs" };
    const sent = answers([409, conflict], [200, { checksum: "mine" }], [200, { checksum: "next" }]);
    const draft = new Draft(URLS, "one");
    const refused = await draft.save(GRAPH).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Conflict);
    expect((refused as Conflict).checksum).toBe("theirs");
    await draft.save(GRAPH, "theirs");
    await draft.save(GRAPH);
    expect([sent(1).base_checksum, sent(2).base_checksum]).toEqual(["theirs", "mine"]);
  });

  it("other refusals keep the server's words", async () => {
    answers([403, { code: "forbidden", detail: "You may not change this workflow." }]);
    await expect(new Draft(URLS, "one").save(GRAPH)).rejects.toThrow("You may not change this workflow.");
  });

  it("a server out of reach and an answer that is no JSON are told in words", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValueOnce(new TypeError("failed")));
    await expect(new Draft(URLS, "one").publish("")).rejects.toThrow("cannot be reached");
    vi.stubGlobal("fetch", vi.fn().mockResolvedValueOnce(new Response("<html>", { status: 502 })));
    await expect(new Draft(URLS, "one").publish("")).rejects.toThrow(ApiError);
  });
});

describe("graphOf", () => {
  it("takes an object and fills in what is missing", () => {
    expect(graphOf({ nodes: [1] })).toEqual({ nodes: [1], edges: [] });
  });

  it.each([[[]], [null], [7], ["x"]])("refuses %j", (value) => {
    expect(() => graphOf(value)).toThrow("A graph is an object");
  });
});
