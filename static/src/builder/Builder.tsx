/** The builder: one draft, seen as a canvas or as text, saved as one works. */

import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { idOf, type Position } from "../canvas/graph";
import { arranged } from "../canvas/layout";
import type { Draft } from "../editor/saving";
import { type Bench, BenchContext, type Dialog, levelsOf, type Placing } from "./bench";
import { CodeView } from "./code/CodeView";
import { Dialogs } from "./Dialogs";
import { useKeys } from "./keys";
import { type Finding, findingsAt, innermost } from "./model/findings";
import {
  addNode,
  connect,
  insertOnEdge,
  likelyPort,
  makeNode,
  freePlace,
  placeAfter,
} from "./model/operations";
import { only, type Store } from "./model/store";
import { Notices } from "./Notices";
import { Palette } from "./panels/Palette";
import { ProblemsPanel } from "./panels/ProblemsPanel";
import { SidePanel } from "./panels/SidePanel";
import { saveAsCopy } from "./publishing";
import type { Settings } from "./settings";
import { Stage } from "./Stage";
import type { Kept, LocalCopy } from "./sync/localcopy";
import type { Saver } from "./sync/saver";
import { Toolbar, type View } from "./Toolbar";
import { useSample } from "./useSample";
import { useValidation } from "./useValidation";
import { nodesById, textOf } from "../canvas/graph";
import type { Kind } from "../canvas/kinds";
import { toast } from "../page/toasts";

interface BuilderProps {
  settings: Settings;
  store: Store;
  saver: Saver;
  draft: Draft;
  local: LocalCopy;
  /** Unsaved work that this browser kept. */
  kept: Kept | null;
  /** Text that the page came with after an error. */
  given: string | null;
}

/** When another graph has been drawn, it is fitted into view; what looks at one node of it comes after. */
const FIT_MS = 30;
const AFTER_FIT_MS = 60;

export function Builder({ settings, store, saver, draft, local, kept, given }: BuilderProps) {
  const [view, setView] = useState<View>(() => firstView(given));
  const [placing, setPlacing] = useState<Placing | null>(null);
  const [dialog, setDialog] = useState<Dialog>(null);
  const [found, setFound] = useState(kept);
  const [jumpTo, setJumpTo] = useState<Finding | null>(null);
  const state = useSyncExternalStore(store.subscribe, store.get);
  const edited = useSyncExternalStore(saver.subscribe, saver.version);
  const { findings, isStale } = useValidation(draft, state.root);
  const sample = useSample(settings);
  const flow = useReactFlow();

  const levels = useMemo(() => levelsOf(state, store.kinds), [state, store]);
  const here = useMemo(() => findingsAt(findings, levels, state.path), [findings, levels, state.path]);

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      saver.keep();
      if (saver.isDirty) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [saver]);
  useEffect(() => {
    let before = "";
    return saver.subscribe(() => {
      const { kind } = saver.state();
      if (kind === "conflict" && before !== kind) setDialog("conflict");
      before = kind;
    });
  }, [saver]);
  useEffect(() => store.subscribe(() => saver.changed()), [store, saver]);
  useEffect(() => {
    const timer = setTimeout(() => void flow.fitView({ padding: 0.15, maxZoom: 1 }), FIT_MS);
    return () => clearTimeout(timer);
  }, [state.path, flow]);

  const goTo = useCallback(
    (id: string) => {
      void flow.fitView({
        nodes: [{ id }],
        maxZoom: Math.max(flow.getZoom(), 0.8),
        minZoom: 0.4,
        duration: 150,
      });
      setTimeout(
        () => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus(),
        180,
      );
    },
    [flow],
  );
  const arrange = useCallback(() => {
    store.edit("Arrange", (graph) => arranged(graph, store.kinds));
    setTimeout(() => void flow.fitView({ padding: 0.15, maxZoom: 1, duration: 200 }), 30);
  }, [store, flow]);
  const save = useCallback(() => {
    if (saver.state().kind === "conflict") setDialog("conflict");
    else void saver.save();
  }, [saver]);
  const centre = useCallback((): Position => {
    const box = document.querySelector(".stage")?.getBoundingClientRect();
    const middle = box ? { x: box.x + box.width / 2 - 104, y: box.y + box.height / 2 - 26 } : { x: 0, y: 0 };
    return flow.screenToFlowPosition(middle);
  }, [flow]);
  const add = useCallback(
    (kind: Kind, where: Placing) => {
      const id = addKind(store, kind, where, centre());
      setPlacing(null);
      setTimeout(() => goTo(id), 30);
    },
    [store, centre, goTo],
  );
  const closePalette = useCallback(() => {
    setPlacing(null);
    return placing !== null;
  }, [placing]);
  const changeView = useCallback(
    (next: View) => {
      if (next === "canvas" && saver.isBlocked)
        toast("Put the JSON right first: the canvas cannot show it.", "bad");
      else setView(next);
    },
    [saver],
  );
  const jump = useCallback(
    (finding: Finding) => {
      setJumpTo({ ...finding });
      if (view === "code") return;
      const { path, finding: there } = innermost(finding, store.get().root, store.kinds);
      store.enter(path);
      const { node, edge } = there;
      if (node !== undefined) {
        store.select(only([node]));
        setTimeout(() => goTo(node), AFTER_FIT_MS);
      } else if (edge !== undefined) store.select(only([], [edge]));
    },
    [view, store, goTo],
  );
  const commands = useMemo(
    () => ({
      store,
      isCanvas: view === "canvas",
      save,
      arrange,
      place: setPlacing,
      open: setDialog,
      goTo,
      closePalette,
    }),
    [store, view, save, arrange, goTo, closePalette],
  );
  useKeys(commands);

  const bench = useMemo<Bench>(
    () => ({
      settings,
      kinds: store.kinds,
      store,
      saver,
      allFindings: findings,
      findings: here,
      sample,
      place: setPlacing,
      open: setDialog,
    }),
    [settings, store, saver, findings, here, sample],
  );
  const restore = () => {
    if (found) store.replace(found.graph, "Restore what was kept");
    setFound(null);
  };
  const forget = () => {
    local.drop();
    setFound(null);
  };
  return (
    <BenchContext value={bench}>
      <Toolbar
        view={view}
        onView={changeView}
        onArrange={arrange}
        onSave={save}
        what={
          edited.isDraft
            ? `Draft of version ${edited.version}`
            : `Version ${edited.version}; saving begins a draft`
        }
      />
      <Notices
        kept={found}
        onRestore={restore}
        onForget={forget}
        onCopy={() => void saveAsCopy(settings, store)}
      />
      <div className={`builder-main is-${view}`}>
        {view === "code" ? (
          <CodeView given={given} findings={findings} jumpTo={jumpTo} />
        ) : (
          <>
            <Stage onDropKind={(name, at) => dropKind(store, name, at, add)} />
            {placing && (
              <Palette
                kinds={store.kinds}
                purpose={purposeOf(placing, store)}
                onChoose={(kind) => add(kind, placing)}
                onClose={() => setPlacing(null)}
              />
            )}
            <SidePanel />
          </>
        )}
      </div>
      <ProblemsPanel findings={findings} isStale={isStale} onJump={jump} />
      <Dialogs dialog={dialog} close={() => setDialog(null)} draft={draft} goTo={goTo} />
    </BenchContext>
  );
}

function firstView(given: string | null): View {
  return given !== null || new URLSearchParams(window.location.search).get("view") === "code"
    ? "code"
    : "canvas";
}

function dropKind(store: Store, name: string, at: Position, add: (kind: Kind, where: Placing) => void): void {
  const kind = store.kinds.get(name);
  if (kind) add(kind, { at });
}

function purposeOf({ from, onEdge }: Placing, store: Store): string {
  if (onEdge !== undefined) return "It is put on the edge.";
  const node = from ? from.node : followed(store);
  const title = node === undefined ? undefined : nodesById(store.graph()).get(node);
  return title
    ? `It follows “${textOf((title.data as { title?: string } | undefined)?.title) || idOf(title)}”.`
    : "";
}

/** The node that a new one is connected from when nothing else is said: the only one that is selected. */
function followed(store: Store): string | undefined {
  const { nodes } = store.get().selection;
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

/** Adds a node of the type and selects it; gives its id. */
function addKind(store: Store, kind: Kind, { at, from, onEdge }: Placing, centre: Position): string {
  const graph = store.graph();
  const before = from?.node ?? (at ? undefined : followed(store));
  const source = before === undefined ? undefined : nodesById(graph).get(before);
  const place = at ?? (source ? placeAfter(graph, source) : freePlace(graph, centre));
  const node = makeNode(graph, kind, place);
  const id = idOf(node);
  const port =
    from?.port ?? (source ? likelyPort(graph, source, store.kinds.get(textOf(source.type))) : undefined);
  store.edit(
    `Add ${kind.title}`,
    () => {
      if (onEdge !== undefined) return insertOnEdge(graph, onEdge, node, store.kinds);
      const added = addNode(graph, node);
      return before !== undefined && port !== undefined ? connect(added, before, port, id) : added;
    },
    { select: only([id]) },
  );
  return id;
}
