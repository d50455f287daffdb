/** What leaves the builder: publishing, and saving the draft as a workflow of its own. */

import { isObject, textOf } from "../canvas/graph";
import type { Draft } from "../editor/saving";
import { callApi } from "../page/http";
import { toast } from "../page/toasts";
import type { Store } from "./model/store";
import type { Settings } from "./settings";
import type { Saver } from "./sync/saver";

export async function publish(
  { settings, saver, draft }: { settings: Settings; saver: Saver; draft: Draft },
  note: string,
  thenRun: boolean,
): Promise<void> {
  if (!(await saver.save())) {
    if (saver.state().kind !== "conflict") toast("Not published: the draft could not be saved.", "bad");
    return;
  }
  try {
    await draft.publish(note);
    window.location.assign(thenRun ? settings.urls.run : settings.urls.page);
  } catch (error) {
    toast(`Not published. ${error instanceof Error ? error.message : String(error)}`, "bad");
  }
}

/** A new workflow of one's own with the draft's graph; opens in another tab, so that nothing here is lost. */
export async function saveAsCopy(settings: Settings, store: Store): Promise<boolean> {
  try {
    const { nodes, edges } = store.get().root;
    const name = `${settings.name} (my copy)`.slice(0, 200);
    const made = await callApi("POST", settings.urls.workflows, { name, nodes, edges });
    const id = isObject(made) ? textOf(made.id) : "";
    window.open(settings.urls.page.replace(settings.workflow, id), "_blank", "noopener");
    toast(`Saved as “${name}”.`);
    return true;
  } catch (error) {
    toast(`No copy was made. ${error instanceof Error ? error.message : String(error)}`, "bad");
    return false;
  }
}
