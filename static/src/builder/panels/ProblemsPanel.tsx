/** Everything that is wrong, told by the server; each line leads to its place. */

import { Icon } from "../../canvas/Icon";
import { counted, grouped, isError, withoutPlace } from "../../editor/problems";
import type { Finding } from "../model/findings";
import { useState } from "react";

interface Props {
  findings: readonly Finding[];
  /** The server has not looked at the latest change yet. */
  isStale: boolean;
  onJump: (finding: Finding) => void;
}

export function ProblemsPanel({ findings, isStale, onJump }: Props) {
  const [isOpen, setOpen] = useState(false);
  const worst = findings.some(isError) ? "tone-bad" : findings.length > 0 ? "tone-waiting" : "tone-good";
  const icon = findings.some(isError) ? "circle-x" : findings.length > 0 ? "triangle-alert" : "circle-check";
  const words = findings.length === 0 ? "No problems: the graph can be published" : counted([...findings]);
  return (
    <section className="problems" aria-label="Problems">
      <h2 className="sr-only">Problems</h2>
      <p role="status" className="sr-only">
        {words}
      </p>
      <button
        type="button"
        className={`problems-bar ${worst}`}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={icon} className="toned" />
        <span id="problem-count">{words}</span>
        {isStale && <Icon name="loader-circle" className="spin text-muted" />}
        <Icon name="chevron-down" className={isOpen ? "ml-auto" : "ml-auto rotate-180"} />
      </button>
      {isOpen && findings.length > 0 && (
        <div className="problems-list" id="problems">
          {grouped([...findings]).map(({ title, problems }) => (
            <div key={title} className="border-b border-line pb-1.5 last:border-0">
              <h3 className="px-4 pt-2 pb-1 font-mono text-xs font-medium text-muted break-all">{title}</h3>
              <ul>
                {problems.map((problem, index) => (
                  <li key={index}>
                    <button
                      type="button"
                      className={`problem-row ${isError(problem) ? "tone-bad" : "tone-waiting"}`}
                      onClick={() => onJump(problem)}
                    >
                      <Icon
                        name={isError(problem) ? "circle-x" : "triangle-alert"}
                        className="toned mt-0.5"
                      />
                      <span className="min-w-0 break-words">
                        {withoutPlace(problem)}
                        {problem.path && (
                          <code className="mt-0.5 block font-mono text-xs break-all text-muted">
                            {problem.path}
                          </code>
                        )}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
