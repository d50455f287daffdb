/** The page where a workflow is edited. */

import { createRoot } from "react-dom/client";
import { CanvasProvider } from "../canvas/Canvas";
import { readGraph } from "../canvas/graph";
import { type Kinds, loadKinds } from "../canvas/kinds";
import { arranged, needsLayout } from "../canvas/layout";
import { Builder } from "../builder/Builder";
import { sameJson } from "../builder/model/change";
import { Store } from "../builder/model/store";
import type { Settings } from "../builder/settings";
import { LocalCopy } from "../builder/sync/localcopy";
import { Saver } from "../builder/sync/saver";
import { Draft } from "../editor/saving";
import { toast } from "../page/toasts";

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

function start(settings: Settings, kinds: Kinds): void {
  const stored = readGraph(settings);
  const root = needsLayout(stored) ? arranged(stored, kinds) : stored;
  const store = new Store(root, kinds);
  const draft = new Draft(settings.urls, settings.checksum);
  const local = new LocalCopy(settings.person, settings.workflow);
  const saver = new Saver(draft, local, () => store.get().root, root, new Date(settings.savedAt), {
    version: settings.version,
    isDraft: settings.isDraft,
  });
  const left = local.read();
  const kept = left && !sameJson(left.graph, stored) ? left : null;
  const plain = byId("id_document") as HTMLTextAreaElement;
  const given = plain.dataset.changed === undefined ? null : plain.value;
  byId("plain-editor").hidden = true;
  const host = byId("builder");
  host.hidden = false;
  createRoot(host).render(
    <CanvasProvider>
      <Builder {...{ settings, store, saver, draft, local, kept, given }} />
    </CanvasProvider>,
  );
}

const settings = JSON.parse(byId("builder-settings").textContent) as Settings;
loadKinds(settings.urls.kinds).then(
  (kinds) => start(settings, kinds),
  (error: unknown) =>
    toast(`The canvas could not begin. ${error instanceof Error ? error.message : ""}`, "bad"),
);
