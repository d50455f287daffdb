/** The graph view: bar, notices, canvas, and the panel of what is selected. */

import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { callApi } from "../page/http";
import { isTyping } from "../canvas/CanvasTools";
import { type Desk, DeskContext, type Verdict } from "./desk";
import { type Condition, phaseOf, type Settings, wayOf } from "./model";
import { Notices } from "./Notices";
import { AddPhase } from "./panels/AddPhase";
import { Overview } from "./panels/Overview";
import { PhasePanel } from "./panels/PhasePanel";
import { WayPanel } from "./panels/WayPanel";
import { arranged, HEIGHT, type Placed, WIDTH } from "./places";
import { Stage } from "./Stage";
import type { Store } from "./store";
import { Toolbar } from "./Toolbar";

const FIT = { padding: 0.12, maxZoom: 1, duration: 200 };
/** What was drawn anew is there after this time. */
const DRAWN_MS = 40;

export function GraphView({ settings, store }: { settings: Settings; store: Store }) {
  const flow = useReactFlow();
  const { graph, selected } = useSyncExternalStore(store.subscribe, store.get);
  const [isAdding, setAdding] = useState(false);
  const [viewed, setViewed] = useState<Placed | null>(null);
  const canEdit = settings.may_change && !settings.is_frozen;
  useKeys(store, canEdit);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); // stores what is typed there
      if (store.isUnsaved) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [store]);

  const desk = useMemo<Desk>(
    () => ({
      settings,
      store,
      canEdit,
      check: async (condition: Condition, signal) =>
        (await callApi("POST", settings.urls.condition, condition, signal)) as Verdict,
      show: (ids) => {
        const nodes = ids.map((id) => ({ id }));
        setTimeout(() => void flow.fitView({ nodes, padding: 0.6, maxZoom: 1, duration: 200 }), DRAWN_MS);
      },
    }),
    [settings, store, canEdit, flow],
  );
  const tidy = useCallback(() => {
    const now = store.get().graph;
    const places = arranged(now);
    if (canEdit) void store.change("Tidy", [{ do: "move", places: Object.fromEntries(places) }]);
    else setViewed(places);
    setTimeout(() => void flow.fitView(FIT), canEdit ? 400 : DRAWN_MS);
  }, [store, canEdit, flow]);
  const middle = useCallback(() => {
    const box = document.querySelector(".process-graph .stage")?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    const at = flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
    return { x: Math.round(at.x - WIDTH / 2), y: Math.round(at.y - HEIGHT / 2) };
  }, [flow]);
  const phase = selected?.kind === "phase" ? phaseOf(graph, selected.id) : undefined;
  const way = selected?.kind === "way" ? wayOf(graph, selected.id) : undefined;
  return (
    <DeskContext value={desk}>
      <Toolbar onAdd={() => setAdding(true)} onTidy={tidy} />
      <Notices />
      <div className="pg-main">
        <Stage viewed={viewed} />
        <aside className="panel" aria-label="Details">
          {isAdding ? (
            <AddPhase after={phase?.id ?? null} middle={middle} onClose={() => setAdding(false)} />
          ) : phase ? (
            <PhasePanel key={phase.id} phase={phase} />
          ) : way ? (
            <WayPanel key={way.id} way={way} />
          ) : (
            <Overview />
          )}
        </aside>
      </div>
    </DeskContext>
  );
}

/** Ctrl Z and Ctrl Y, Delete for a way, Escape back to the overview. */
function useKeys(store: Store, canEdit: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      const { selected } = store.get();
      const key = event.key.toLowerCase();
      if (key === "escape") store.select(null);
      else if (canEdit && (event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
        event.preventDefault();
        if (key === "y" || event.shiftKey) store.redo();
        else store.undo();
      } else if (canEdit && selected?.kind === "way" && (key === "delete" || key === "backspace"))
        void store.change("Delete way", [{ do: "delete_way", id: selected.id }]);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [store, canEdit]);
}
