import { beforeEach, describe, expect, it } from "vitest";
import type { RunEvent } from "./marks";
import { ProgressPanel, type StepProgress } from "./progress";

const step: StepProgress = { node: "ask", scope: "", iteration: 1, attempt: 1, text: "Dear", tokens: 1 };

function event(type: string, data: Record<string, unknown> = {}): RunEvent {
  return { seq: 5, type, node_id: "ask", data, occurred_at: "" };
}

describe("the text that a step is writing", () => {
  let host: HTMLElement;
  let panel: ProgressPanel;

  beforeEach(() => {
    host = document.createElement("section");
    host.hidden = true;
    panel = new ProgressPanel(host, { ask: "Ask the model" });
  });

  it("grows in one box and shows its tokens", () => {
    panel.show([step]);
    panel.show([{ ...step, text: "Dear <b>Sir</b>", tokens: 1234 }]);

    expect(host.hidden).toBe(false);
    expect(host.querySelectorAll(".progress-step")).toHaveLength(1);
    expect(host.querySelector(".progress-text")?.textContent).toBe("Dear <b>Sir</b>");
    expect(host.querySelector("b")).toBeNull();
    expect(host.textContent).toContain("Ask the model");
    expect(host.textContent).toContain("1,234 tokens");
  });

  it("goes when the step's outcome is known, and only that step's", () => {
    panel.show([step, { ...step, iteration: 2 }]);

    panel.settle(event("step_started"));
    expect(host.querySelectorAll(".progress-step")).toHaveLength(2);

    panel.settle(event("step_succeeded"));
    expect(host.querySelectorAll(".progress-step")).toHaveLength(1);
    expect(host.hidden).toBe(false);

    panel.settle(event("step_failed", { iteration: 2 }));
    expect(host.hidden).toBe(true);
  });
});
