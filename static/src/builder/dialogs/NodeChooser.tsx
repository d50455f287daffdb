/** A list of nodes to choose from by name: to go to one, or to connect to one. */

import { useRef, useState } from "react";
import { Icon } from "../../canvas/Icon";
import { idOf, nodesById, type Part, textOf, titleOf } from "../../canvas/graph";
import { iconOf, portsOf } from "../../canvas/kinds";
import { useBench, useGraph } from "../bench";
import { connect, likelyPort } from "../model/operations";
import { Modal } from "./Modal";

interface Props {
  title: string;
  without?: string;
  children?: React.ReactNode;
  onChoose: (id: string) => void;
  onClose: () => void;
}

export function NodeChooser({ title, without = "", children, onChoose, onClose }: Props) {
  const { kinds } = useBench();
  const graph = useGraph();
  const [words, setWords] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const found = [...nodesById(graph).values()].filter(
    (node) =>
      idOf(node) !== without && `${titleOf(node)} ${idOf(node)}`.toLowerCase().includes(words.toLowerCase()),
  );
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const now = items.indexOf(document.activeElement as HTMLElement);
    items[Math.max(0, Math.min(now + (event.key === "ArrowDown" ? 1 : -1), items.length - 1))]?.focus();
  };
  return (
    <Modal title={title} onClose={onClose}>
      <div className="mt-3 flex flex-col gap-2" onKeyDown={onKey}>
        {children}
        <input
          type="search"
          className="input w-full"
          aria-label="Search nodes"
          placeholder="Title or id"
          autoFocus
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !found[0]) return;
            event.preventDefault();
            onChoose(idOf(found[0]));
          }}
        />
        <ul ref={list} className="pick-list max-h-72">
          {found.map((node) => (
            <li key={idOf(node)}>
              <button type="button" onClick={() => onChoose(idOf(node))}>
                <Icon name={iconOf(kinds.get(textOf(node.type)))} className="text-muted" /> {titleOf(node)}
                <code className="ml-auto font-mono text-xs text-muted">{idOf(node)}</code>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="px-2 py-1 text-muted">No node of that name.</li>}
        </ul>
      </div>
    </Modal>
  );
}

/** Connect by keyboard: from which port, to which node. */
export function ConnectDialog({ node, onClose }: { node: Part; onClose: () => void }) {
  const { kinds, store } = useBench();
  const graph = useGraph();
  const kind = kinds.get(textOf(node.type));
  const ports = portsOf(node, kind);
  const [port, setPort] = useState(() => likelyPort(graph, node, kind) ?? "");
  const choose = (target: string) => {
    store.edit("Connect", (before) => connect(before, idOf(node), port, target));
    onClose();
  };
  return (
    <NodeChooser title={`Connect “${titleOf(node)}” to`} onChoose={choose} onClose={onClose}>
      {ports.length > 1 && (
        <label className="form-small">
          From port
          <select
            className="select select-sm w-full"
            value={port}
            onChange={(event) => setPort(event.target.value)}
          >
            {ports.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
    </NodeChooser>
  );
}
