/** What validation found, grouped by the node or edge it sits on, in words. */

import type { Place } from "./locate";

export interface Problem extends Place {
  code: string;
  message: string;
  severity?: string | undefined;
}

interface Group {
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
