import { describe, expect, it } from "vitest";
import { Model, type Told } from "./model";

function told(revision = 1, scores: Record<string, string> = { "a:x": "6", "b:x": "9" }): Told {
  return {
    id: "m",
    revision,
    options: [
      { id: "a", name: "Hold" },
      { id: "b", name: "Expand" },
    ],
    criteria: [{ id: "x", name: "Income", weight: "1" }],
    scores: Object.entries(scores).map(([key, score]) => {
      const [option = "", criterion = ""] = key.split(":");
      return { option, criterion, score, reason: "", source: "", updated_by: "bob" };
    }),
  };
}

describe("a matrix while it is edited", () => {
  it("tells totals at once and sends only what is new", () => {
    const model = new Model(told());
    model.set(0, 0, { score: 95_000 });
    expect(model.standings.map((each) => each.rank)).toEqual([1, 2]);
    expect(model.pendingScores().map((each) => each.key)).toEqual(["a:x"]);
    model.set(0, 0, { score: 60_000 });
    expect(model.isPending).toBe(false);
  });

  it("keeps what was entered while a request was under way", () => {
    const model = new Model(told());
    model.set(0, 0, { score: 10_000 });
    const sent = model.pendingScores();
    model.set(0, 0, { score: 20_000 });
    model.confirm(told(2, { "a:x": "1", "b:x": "9" }), sent, []);
    expect(model.cell(0, 0).score).toBe(20_000);
    expect(model.pendingScores()).toHaveLength(1);
  });

  it("keeps its rows and columns while they are the same, so that nothing is drawn anew under a typing hand", () => {
    const model = new Model(told());
    const [options, criteria] = [model.options, model.criteria];
    model.confirm(told(2), [], []);
    expect([model.options === options, model.criteria === criteria]).toEqual([true, true]);
    model.merge({ ...told(3), options: [{ id: "b", name: "Expand" }] });
    expect([model.options === options, model.criteria === criteria]).toEqual([false, true]);
  });

  it("takes over what others changed, and asks where both changed the same cell", () => {
    const model = new Model(told());
    model.set(0, 0, { score: 10_000 });
    model.merge(told(2, { "a:x": "6", "b:x": "3" }));
    expect([model.cell(1, 0).score, model.conflicts.size]).toEqual([30_000, 0]);
    model.merge(told(3, { "a:x": "4", "b:x": "3" }));
    expect([...model.conflicts.values()].map((each) => each.about)).toEqual(["Hold · Income"]);
    expect(model.pendingScores()).toEqual([]);
    model.settle("a:x", true);
    expect(model.pendingScores()).toHaveLength(1);
  });

  it("lets theirs hold where it is chosen, and forgets what was entered into what is gone", () => {
    const model = new Model(told());
    model.set(0, 0, { score: 10_000 });
    model.merge(told(2, { "a:x": "4" }));
    model.settle("a:x", false);
    expect([model.cell(0, 0).score, model.isPending]).toEqual([40_000, false]);
    model.set(1, 0, { score: 10_000 });
    model.merge({ ...told(3, {}), options: [{ id: "a", name: "Hold" }] });
    expect(model.isPending).toBe(false);
  });

  it("says how many entries were into what somebody else deleted", () => {
    const model = new Model(told());
    model.set(1, 0, { score: 10_000 });
    model.merge({ ...told(3, {}), options: [{ id: "a", name: "Hold" }] });
    expect([model.takeGone(), model.takeGone()]).toEqual([1, 0]);
    expect(model.undo()).toBeNull();
  });

  it("asks where somebody else weighed the same criterion, and sends neither before", () => {
    const model = new Model(told());
    model.setWeight(0, 30_000);
    const theirs = told(2);
    model.merge({ ...theirs, criteria: [{ id: "x", name: "Income", weight: "2" }] });
    expect([...model.conflicts.values()].map(({ about, mine, theirs }) => [about, mine, theirs])).toEqual([
      ["Weight of Income", "3", "2"],
    ]);
    expect(model.pendingWeights()).toEqual([]);
    model.settle("x", false);
    expect([model.weight(0), model.isPending]).toEqual([20_000, false]);
  });

  it("takes back and does again, a reason as one step and a score with its reason", () => {
    const model = new Model(told());
    model.set(0, 0, { reason: "c" });
    model.set(0, 0, { reason: "calm" });
    model.setWeight(0, 30_000);
    model.set(0, 0, { score: null });
    expect(model.undo()).toEqual({ option: 0, criterion: 0 });
    expect(model.cell(0, 0)).toMatchObject({ score: 60_000, reason: "calm" });
    expect(model.undo()).toEqual({ option: -1, criterion: 0 });
    expect(model.undo()).toEqual({ option: 0, criterion: 0 });
    expect([model.cell(0, 0).reason, model.isPending, model.undo()]).toEqual(["", false, null]);
    for (let at = 0; at < 3; at += 1) model.redo();
    expect([model.cell(0, 0).score, model.weight(0), model.redo()]).toEqual([null, 30_000, null]);
  });

  it("takes nothing back that somebody else changed since", () => {
    const model = new Model(told());
    model.set(1, 0, { score: 20_000 });
    model.set(0, 0, { score: 10_000 });
    model.confirm(told(2, { "a:x": "1", "b:x": "2" }), model.pendingScores(), []);
    model.merge(told(3, { "a:x": "4", "b:x": "2" }));
    expect(model.undo()).toEqual({ option: 1, criterion: 0 });
    expect([model.cell(0, 0).score, model.cell(1, 0).score]).toEqual([40_000, 90_000]);
  });

  it("leaves some weight, and counts in no time", () => {
    const model = new Model(told());
    expect(model.setWeight(0, 0)).toContain("above 0");
    const weights = Array.from({ length: 50 }, (_, at) => at + 1);
    const large = new Model({
      ...told(),
      options: Array.from({ length: 200 }, (_, at) => ({ id: `o${at}`, name: `O${at}` })),
      criteria: weights.map((each) => ({ id: `c${each}`, name: `C${each}`, weight: String(each) })),
      scores: [],
    });
    for (let option = 0; option < 200; option += 1) {
      for (let at = 0; at < 50; at += 1) large.set(option, at, { score: ((option * 7 + at) % 11) * 10_000 });
    }
    const started = performance.now();
    expect(large.standings.every((each) => each.rank)).toBe(true);
    expect(performance.now() - started).toBeLessThan(100);
  });
});
