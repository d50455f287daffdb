/** Lines above the canvas that need an answer: no permission any more, work found in this browser. */

import { exactly } from "../page/times";
import { useSyncExternalStore } from "react";
import { Icon } from "../canvas/Icon";
import { undrawn } from "../canvas/convert";
import { formatJson } from "../editor/format";
import { useBench, useGraph } from "./bench";
import type { Kept } from "./sync/localcopy";

interface Props {
  kept: Kept | null;
  onRestore: () => void;
  onForget: () => void;
  onCopy: () => void;
}

export function Notices({ kept, onRestore, onForget, onCopy }: Props) {
  const { saver, open, store, settings } = useBench();
  const state = useSyncExternalStore(saver.subscribe, saver.state);
  const lost = undrawn(useGraph());
  return (
    <>
      {kept && (
        <Notice tone="tone-waiting" icon="history">
          <p className="grow">This browser kept changes of {exactly(kept.at)} that were never saved.</p>
          <button type="button" className="btn btn-xs btn-primary" onClick={onRestore}>
            Restore them
          </button>
          <button type="button" className="btn btn-xs btn-line" onClick={onForget}>
            Discard
          </button>
        </Notice>
      )}
      {(state.kind === "refused" || state.kind === "failed") && (
        <Notice tone="tone-bad" icon="lock">
          <p className="grow">
            {state.kind === "refused"
              ? "You may not change this workflow any more."
              : "This cannot be saved."}{" "}
            {state.message} Your work is kept in this browser.
          </p>
          <button
            type="button"
            className="btn btn-xs btn-line"
            onClick={() => download(settings.name, store.get().root)}
          >
            Export as JSON
          </button>
          <button type="button" className="btn btn-xs btn-line" onClick={onCopy}>
            Save as a copy
          </button>
        </Notice>
      )}
      {state.kind === "conflict" && (
        <Notice tone="tone-waiting" icon="triangle-alert">
          <p className="grow">{state.conflict.message} Yours is not saved.</p>
          <button type="button" className="btn btn-xs btn-line" onClick={() => open("conflict")}>
            Decide
          </button>
        </Notice>
      )}
      {lost > 0 && (
        <Notice tone="tone-waiting" icon="info">
          <p className="grow">
            {lost} {lost === 1 ? "part" : "parts"} of the graph cannot be drawn. The Code view shows all of
            it.
          </p>
        </Notice>
      )}
    </>
  );
}

function Notice(props: { tone: string; icon: string; children: React.ReactNode }) {
  return (
    <div className={`note builder-notice ${props.tone}`} role="alert">
      <Icon name={props.icon} />
      {props.children}
    </div>
  );
}

function download(name: string, graph: unknown): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([formatJson(graph)], { type: "application/json" }));
  link.download = `${name.replace(/[^\w-]+/g, "-") || "workflow"}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
