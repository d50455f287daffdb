import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../page/http";
import type { Change } from "./changes";
import type { Graph } from "./model";
import { makeGraph } from "./samples";
import { type Answer, type Server, Store } from "./store";

const rename = (name: string): Change[] => [{ do: "change_phase", id: "a", values: { name } }];
const failing = (status: number, code: string, more = {}) =>
  new ApiError({ status, code, detail: `${code}!`, ...more });

class Stand implements Server {
  graph: Graph = makeGraph(["a", "b"], ["a-b"]);
  sent: { revision: number; changes: readonly Change[] }[] = [];
  failures: Error[] = [];

  readonly send = async (revision: number, changes: readonly Change[]): Promise<Answer> => {
    this.sent.push({ revision, changes });
    await Promise.resolve();
    const failure = this.failures.shift();
    if (failure) throw failure;
    const phases = this.graph.phases.map((phase) => {
      const change = changes.find((each) => each.do === "change_phase" && each.id === phase.id);
      return change?.do === "change_phase" ? { ...phase, ...change.values } : phase;
    });
    this.graph = { ...this.graph, phases, revision: revision + 1 };
    return { ...this.graph, made: changes.map(() => null) };
  };

  readonly load = () => Promise.resolve(this.graph);
}

function begin(): { server: Stand; store: Store; name: () => string | undefined } {
  const server = new Stand();
  const store = new Store(server.graph, server);
  return { server, store, name: () => store.get().graph.phases[0]?.name };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("storing", () => {
  it("sends one change after the other, each with the revision before it", async () => {
    const { server, store, name } = begin();
    void store.change("One", rename("One"));
    await store.change("Two", rename("Two"));
    expect(server.sent.map(({ revision }) => revision)).toEqual([1, 2]);
    expect([name(), store.get().isSaving]).toEqual(["Two", false]);
  });

  it("shows a move at once and sends many as one when they rest", async () => {
    const { server, store } = begin();
    store.move(new Map([["a", { x: 1, y: 1 }]]));
    store.move(new Map([["a", { x: 2, y: 2 }]]));
    expect(store.get().moved.get("a")).toEqual({ x: 2, y: 2 });
    expect(store.isUnsaved).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.sent.map(({ changes }) => changes)).toEqual([
      [{ do: "move", places: { a: { x: 2, y: 2 } } }],
    ]);
    expect([store.get().moved.size, store.isUnsaved]).toEqual([0, false]);
  });

  it("sends a move that waits before what comes after it", async () => {
    const { server, store } = begin();
    store.move(new Map([["a", { x: 1, y: 1 }]]));
    await store.change("One", rename("One"));
    expect(server.sent.map(({ changes }) => changes[0]?.do)).toEqual(["move", "change_phase"]);
  });
});

describe("what is refused", () => {
  it("comes back by field and leaves the graph as it was", async () => {
    const { server, store, name } = begin();
    server.failures.push(failing(400, "invalid", { errors: { name: ["No."] } }));
    expect(await store.change("One", rename(""), ["name"])).toEqual({ errors: { name: ["No."] } });
    expect([name(), store.get().notice]).toEqual(["A", null]);
  });

  it("is told where no form shows the field", async () => {
    const { server, store } = begin();
    server.failures.push(failing(400, "invalid", { errors: { to_node: ["No."] } }));
    await store.change("One", rename(""), ["name"]);
    expect(store.get().notice).toEqual({ text: "invalid!", retry: null });
  });

  it("because of somebody else shows what is there, and can be done again upon it", async () => {
    const { server, store, name } = begin();
    server.graph = { ...server.graph, revision: 7 };
    server.failures.push(failing(409, "draft_moved_on", { revision: 7 }));
    await store.change("One", rename("One"));
    expect([name(), store.get().graph.revision]).toEqual(["A", 7]);
    store.get().notice?.retry?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.sent.at(-1)?.revision).toBe(7);
    expect([name(), store.get().notice]).toEqual(["One", null]);
  });

  it("for want of a connection can be done again", async () => {
    const { server, store, name } = begin();
    server.failures.push(failing(0, "offline"));
    await store.change("One", rename("One"));
    expect(name()).toBe("A");
    store.get().notice?.retry?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(name()).toBe("One");
  });
});

describe("undo", () => {
  it("goes back and forth, and forgets what was undone when something else is done", async () => {
    const { store, name } = begin();
    await store.change("One", rename("One"));
    await store.change("Two", rename("Two"));
    store.undo();
    await vi.advanceTimersByTimeAsync(0);
    expect([name(), store.get().undo, store.get().redo]).toEqual(["One", "One", "Two"]);
    store.redo();
    await vi.advanceTimersByTimeAsync(0);
    expect([name(), store.get().redo]).toEqual(["Two", ""]);
    store.undo();
    await store.change("Three", rename("Three"));
    expect([name(), store.get().undo, store.get().redo]).toEqual(["Three", "Three", ""]);
  });

  it("keeps a step that could not be undone just now", async () => {
    const { server, store, name } = begin();
    await store.change("One", rename("One"));
    server.failures.push(failing(0, "offline"));
    store.undo();
    await vi.advanceTimersByTimeAsync(0);
    expect([name(), store.get().undo]).toEqual(["One", "One"]);
  });
});
