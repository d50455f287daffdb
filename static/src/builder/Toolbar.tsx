/** The builder's top line: views, breadcrumb of inner graphs, tools, the state of saving, publishing. */

import { useSyncExternalStore } from "react";
import { Icon } from "../canvas/Icon";
import { idOf, nodesById, titleOf } from "../canvas/graph";
import { shortly } from "../page/times";
import { levelsOf, useBench, useBuilder } from "./bench";
import type { SaveState } from "./sync/saver";

export type View = "canvas" | "code";

interface Props {
  view: View;
  onView: (view: View) => void;
  onArrange: () => void;
  onSave: () => void;
  what: string;
}

export function Toolbar({ view, onView, onArrange, onSave, what }: Props) {
  const { store, open, place } = useBench();
  const past = useBuilder((state) => state.past.at(-1)?.label);
  const future = useBuilder((state) => state.future[0]?.label);
  return (
    <div className="builder-bar" role="toolbar" aria-label="Builder">
      <div className="join" role="group" aria-label="View">
        {(["canvas", "code"] as const).map((name) => (
          <button
            key={name}
            type="button"
            className="btn btn-sm btn-line join-item"
            aria-pressed={view === name}
            onClick={() => onView(name)}
          >
            {name === "canvas" ? "Canvas" : "Code"}
          </button>
        ))}
      </div>
      {view === "canvas" && (
        <button type="button" className="btn btn-sm btn-line" onClick={() => place({})}>
          <Icon name="plus" /> Add <kbd className="bar-key">Tab</kbd>
        </button>
      )}
      <div className="flex">
        <BarTool
          label={past ? `Undo: ${past}` : "Undo"}
          icon="rotate-ccw"
          isOff={!past}
          act={() => store.undo()}
        />
        <BarTool
          label={future ? `Redo: ${future}` : "Redo"}
          icon="rotate-ccw"
          isOff={!future}
          act={() => store.redo()}
          flip
        />
        {view === "canvas" && (
          <>
            <BarTool label="Arrange the graph (L)" icon="network" act={onArrange} />
            <BarTool label="Find a node (/)" icon="search" act={() => open("find")} />
          </>
        )}
        <BarTool label="Keys (?)" icon="circle-question-mark" act={() => open("help")} />
      </div>
      <Levels />
      <span className="ml-auto flex flex-wrap items-center gap-2">
        <span className="text-[0.8125rem] text-muted max-lg:hidden" id="what-is-edited">
          {what}
        </span>
        <SaveStateText />
        <button type="button" className="btn btn-sm btn-line" id="save" onClick={onSave}>
          Save <kbd className="bar-key">Ctrl S</kbd>
        </button>
        <button type="button" className="btn btn-sm btn-primary" onClick={() => open("publish")}>
          <Icon name="rocket" /> Publish
        </button>
      </span>
    </div>
  );
}

function BarTool(props: { label: string; icon: string; act: () => void; isOff?: boolean; flip?: boolean }) {
  return (
    <button
      type="button"
      className="btn btn-sm btn-ghost btn-square"
      aria-label={props.label}
      title={props.label}
      disabled={props.isOff ?? false}
      onClick={props.act}
    >
      <Icon name={props.icon} className={props.flip ? "-scale-x-100" : ""} />
    </button>
  );
}

/** Where one is: the graph, and the nodes whose inner graphs one has entered. */
function Levels() {
  const { store, kinds } = useBench();
  const path = useBuilder((state) => state.path);
  if (path.length === 0) return null;
  const levels = levelsOf(store.get(), kinds);
  const names = path.map((id, depth) => {
    const node = levels[depth] && nodesById(levels[depth]).get(id);
    return node ? titleOf(node) : id;
  });
  return (
    <nav aria-label="Inner graphs" className="level-list">
      <button type="button" className="link-plain" onClick={() => store.enter([])}>
        Whole graph
      </button>
      {names.map((name, depth) => (
        <span key={path[depth] ?? idOf(null)}>
          {" / "}
          {depth === path.length - 1 ? (
            <span aria-current="page">{name}</span>
          ) : (
            <button
              type="button"
              className="link-plain"
              onClick={() => store.enter(path.slice(0, depth + 1))}
            >
              {name}
            </button>
          )}
        </span>
      ))}
    </nav>
  );
}

function wordsOf(state: SaveState): string {
  switch (state.kind) {
    case "saved":
      return state.at ? `Saved ${shortly(state.at)}` : "Saved";
    case "saving":
      return "Saving…";
    case "unsaved":
      return "Unsaved changes";
    case "offline":
      return "Not saved: kept in this browser";
    case "conflict":
      return "Not saved: somebody else has";
    default:
      return "Not saved";
  }
}

function SaveStateText() {
  const { saver } = useBench();
  const state = useSyncExternalStore(saver.subscribe, saver.state);
  const isBad = ["offline", "failed", "refused", "conflict"].includes(state.kind);
  return (
    <span
      id="save-state"
      role="status"
      className={isBad ? "tone-bad toned text-[0.8125rem] font-medium" : "text-[0.8125rem] text-muted"}
      title={"message" in state ? state.message : ""}
    >
      {wordsOf(state)}
    </span>
  );
}
