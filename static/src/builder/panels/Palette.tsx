/** The node types to choose from: by search, by keyboard, by dragging onto the canvas. */

import { useEffect, useMemo, useRef, useState } from "react";
import { Icon } from "../../canvas/Icon";
import { iconOf, type Kind, type Kinds } from "../../canvas/kinds";

export const DRAG_TYPE = "application/x-orchestrator-node";

interface Props {
  kinds: Kinds;
  /** What will happen with the choice, if it is something special. */
  purpose: string;
  onChoose: (kind: Kind) => void;
  onClose: () => void;
}

/** Those that the words fit, the best first; titles count more than descriptions. */
function matching(kinds: Iterable<Kind>, words: string): Kind[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (kind: Kind): number => {
    const title = `${kind.title} ${kind.name}`.toLowerCase();
    const rest = `${title} ${kind.category} ${kind.description}`.toLowerCase();
    if (!wanted.every((word) => rest.includes(word))) return -1;
    return wanted.filter((word) => title.includes(word)).length + (title.startsWith(wanted[0] ?? "") ? 1 : 0);
  };
  return [...kinds]
    .map((kind) => ({ kind, score: rank(kind) }))
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score)
    .map(({ kind }) => kind);
}

export function Palette({ kinds, purpose, onChoose, onClose }: Props) {
  const [words, setWords] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => search.current?.focus(), []);
  const groups = useMemo(() => {
    const found = matching(kinds.values(), words);
    if (words.trim()) return [["Found", found] as const];
    const names = [...new Set(found.map(({ category }) => category))];
    return names.map((name) => [name, found.filter(({ category }) => category === name)] as const);
  }, [kinds, words]);
  const first = groups[0]?.[1][0];

  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const now = items.indexOf(document.activeElement as HTMLElement);
    const next = now + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? search.current : items[Math.min(next, items.length - 1)])?.focus();
  };
  return (
    <section className="palette" aria-label="Add a node" onKeyDown={onKey}>
      <h2 className="sr-only">Add a node</h2>
      <div className="palette-head">
        <input
          ref={search}
          type="search"
          className="input input-sm min-w-0 flex-1"
          aria-label="Search node types"
          placeholder="Search node types"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && first) onChoose(first);
          }}
        />
        <button type="button" className="row-tool" aria-label="Close the palette" onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      {purpose && <p className="px-3 pb-1 text-[0.8125rem] text-muted">{purpose}</p>}
      <div ref={list} className="palette-list">
        {groups.map(([name, found]) => (
          <div key={name}>
            <h3>{name}</h3>
            <ul>
              {found.map((kind) => (
                <li key={kind.name}>
                  <button
                    type="button"
                    className="palette-item"
                    draggable
                    onDragStart={(event) => {
                      event.dataTransfer.setData(DRAG_TYPE, kind.name);
                      event.dataTransfer.effectAllowed = "copy";
                    }}
                    onClick={() => onChoose(kind)}
                  >
                    <span className="flow-node-icon">
                      <Icon name={iconOf(kind)} />
                    </span>
                    <span className="min-w-0">
                      <span className="block font-medium">{kind.title}</span>
                      <span className="block text-xs text-muted">{kind.description}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
        {!first && <p className="px-3 py-2 text-muted">No node type fits. Try another word.</p>}
      </div>
    </section>
  );
}
