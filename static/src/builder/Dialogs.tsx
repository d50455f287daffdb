/** Whichever dialog is open. */

import { useSyncExternalStore } from "react";
import { nodesById, readGraph } from "../canvas/graph";
import type { Draft } from "../editor/saving";
import { toast } from "../page/toasts";
import { type Dialog, useBench } from "./bench";
import { type Choice, ConflictDialog } from "./dialogs/ConflictDialog";
import { HelpDialog } from "./dialogs/HelpDialog";
import { ConnectDialog, NodeChooser } from "./dialogs/NodeChooser";
import { PublishDialog } from "./dialogs/PublishDialog";
import { only } from "./model/store";
import { publish, saveAsCopy } from "./publishing";

interface Props {
  dialog: Dialog;
  close: () => void;
  draft: Draft;
  goTo: (id: string) => void;
}

export function Dialogs({ dialog, close, draft, goTo }: Props) {
  const bench = useBench();
  const { settings, store, saver } = bench;
  const saving = useSyncExternalStore(saver.subscribe, saver.state);
  const [selected] = store.get().selection.nodes;
  switch (dialog) {
    case "help":
      return <HelpDialog onClose={close} />;
    case "publish":
      return (
        <PublishDialog
          note={settings.note}
          publish={(note, thenRun) => publish({ settings, saver, draft }, note, thenRun)}
          onClose={close}
        />
      );
    case "find": {
      const choose = (id: string) => {
        close();
        store.select(only([id]));
        goTo(id);
      };
      return <NodeChooser title="Find a node" onChoose={choose} onClose={close} />;
    }
    case "connect": {
      const node = selected === undefined ? undefined : nodesById(store.graph()).get(selected);
      return node ? <ConnectDialog node={node} onClose={close} /> : null;
    }
    case "conflict": {
      if (saving.kind !== "conflict") return null;
      const { conflict } = saving;
      const settle = (choice: Choice) => {
        close();
        void settleConflict(choice, conflict.checksum, bench);
      };
      return <ConflictDialog conflict={conflict} mine={store.get().root} settle={settle} onClose={close} />;
    }
    default:
      return null;
  }
}

async function settleConflict(
  choice: Choice,
  checksum: string,
  bench: ReturnType<typeof useBench>,
): Promise<void> {
  const { settings, store, saver } = bench;
  if (choice === "copy" && !(await saveAsCopy(settings, store))) return;
  if (choice === "overwrite") {
    if (await saver.save(checksum)) toast("Your graph is saved.");
    return;
  }
  try {
    const theirs = readGraph(await saver.takeStored());
    store.replace(theirs, "Take theirs");
    saver.settle(theirs);
    if (choice === "theirs") toast("This is their graph. Undo (Ctrl+Z) brings yours back.", "running");
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), "bad");
  }
}
