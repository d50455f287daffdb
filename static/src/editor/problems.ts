/** What validation found, grouped by the node or edge it sits on, as a list beside the text. */

import { el, icon } from "../page/dom";
import type { Place } from "./locate";

export interface Problem extends Place {
  code: string;
  message: string;
  severity?: string | undefined;
  /** Offset in the text, for what is wrong with the text itself. */
  at?: number;
}

export interface Group {
  title: string;
  problems: Problem[];
}

export const isError = (problem: Problem): boolean => problem.severity !== "warning";

/** The graph's own problems first, then by node and edge, in the order in which they were found. */
export function grouped(problems: Problem[]): Group[] {
  const groups = new Map<string, Group>();
  const general = problems.filter(({ node, edge }) => node === undefined && edge === undefined);
  for (const problem of [...general, ...problems.filter((each) => !general.includes(each))]) {
    const title =
      problem.node !== undefined
        ? `Node ${problem.node}`
        : problem.edge !== undefined
          ? `Edge ${problem.edge}`
          : "Graph";
    const group = groups.get(title) ?? { title, problems: [] };
    group.problems.push(problem);
    groups.set(title, group);
  }
  return [...groups.values()];
}

/** `3 problems, 1 warning`. */
export function counted(problems: Problem[]): string {
  const errors = problems.filter(isError).length;
  const warnings = problems.length - errors;
  const word = (count: number, name: string) => `${count} ${name}${count === 1 ? "" : "s"}`;
  if (problems.length === 0) return "No problems";
  return [errors > 0 && word(errors, "problem"), warnings > 0 && word(warnings, "warning")]
    .filter(Boolean)
    .join(", ");
}

/** The message without the place, where heading and path tell it already. */
export function withoutPlace({ message, node, edge }: Problem): string {
  if (node === undefined && edge === undefined) return message;
  const rest = message.replace(/^(?:Node|Edge) \S+(?: at \S+)?: /, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

export function showProblems(list: HTMLElement, problems: Problem[], jump: (problem: Problem) => void): void {
  if (problems.length === 0) {
    list.replaceChildren(
      el(
        "p",
        { class: "flex items-center gap-2 px-4 py-3 tone-good" },
        icon("circle-check", "toned"),
        "The graph can be published.",
      ),
    );
    return;
  }
  list.replaceChildren(
    ...grouped(problems).map(({ title, problems: inside }) =>
      el(
        "section",
        { class: "border-b border-line pb-1.5 last:border-0" },
        el("h3", { class: "px-4 pt-2.5 pb-1 font-mono text-xs font-medium text-muted break-all" }, title),
        el("ul", {}, ...inside.map((problem) => el("li", {}, row(problem, jump)))),
      ),
    ),
  );
}

function row(problem: Problem, jump: (problem: Problem) => void): HTMLElement {
  const bad = isError(problem);
  const button = el(
    "button",
    { type: "button", class: `problem-row ${bad ? "tone-bad" : "tone-waiting"}` },
    icon(bad ? "circle-x" : "triangle-alert", "toned mt-0.5"),
    el(
      "span",
      { class: "min-w-0 break-words" },
      el("span", { class: "sr-only" }, bad ? "Problem: " : "Warning: "),
      withoutPlace(problem),
      problem.path !== undefined &&
        el("code", { class: "mt-0.5 block font-mono text-xs text-muted break-all" }, problem.path),
    ),
  );
  button.addEventListener("click", () => jump(problem));
  return button;
}
