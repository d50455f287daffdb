/** The whole draft as JSON: the same document as on the canvas, problems underlined. */

import type { EditorView } from "@codemirror/view";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Graph } from "../../canvas/graph";
import { formatJson } from "../../editor/format";
import { locate, syntaxError } from "../../editor/locate";
import { isError } from "../../editor/problems";
import { graphOf } from "../../editor/saving";
import { goTo, makeView, mark, replaceText } from "../../editor/view";
import { useBench } from "../bench";
import type { Finding } from "../model/findings";
import { toast } from "../../page/toasts";

interface Props {
  /** Text that came with the page and is no stored graph: what was typed before an error. */
  given: string | null;
  findings: readonly Finding[];
  jumpTo: Finding | null;
}

/** What is wrong with the text as a graph; null if nothing is. */
function faultIn(text: string): { position: number; message: string } | null {
  const fault = syntaxError(text);
  if (fault) return fault;
  try {
    const { nodes, edges } = graphOf(JSON.parse(text));
    if (Array.isArray(nodes) && Array.isArray(edges)) return null;
    return { position: 0, message: '"nodes" and "edges" are lists.' };
  } catch (error) {
    return { position: 0, message: error instanceof Error ? error.message : String(error) };
  }
}

export function CodeView({ given, findings, jumpTo }: Props) {
  const { store, saver } = useBench();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  /** The graph that the text says, so that only changes from elsewhere rewrite it. */
  const said = useRef<Graph | null>(null);
  const root = useSyncExternalStore(store.subscribe, () => store.get().root);

  useEffect(() => {
    if (!host.current || view.current) return;
    const read = (text: string) => {
      const fault = faultIn(text);
      saver.block(fault?.message ?? "");
      if (fault) return;
      const { nodes, edges } = graphOf(JSON.parse(text));
      said.current = { nodes, edges } as Graph;
      store.replace(said.current, "Edit the text", "code");
    };
    const text = given ?? formatJson(store.get().root);
    said.current = store.get().root;
    view.current = makeView(host.current, text, (editor) => read(editor.state.doc.toString()));
    if (given !== null) read(given);
  }, [given, saver, store]);

  useEffect(() => {
    if (!view.current || root === said.current) return;
    said.current = root;
    replaceText(view.current, formatJson(root));
  }, [root]);

  useEffect(() => {
    if (!view.current) return;
    const text = view.current.state.doc.toString();
    const fault = faultIn(text);
    const places = findings.flatMap((each) => {
      const range = locate(text, each);
      return range
        ? [
            {
              ...range,
              severity: isError(each) ? ("error" as const) : ("warning" as const),
              message: each.message,
            },
          ]
        : [];
    });
    const end = Math.max(text.length - 1, 0);
    const from = Math.min(fault?.position ?? 0, end);
    mark(
      view.current,
      fault
        ? [{ from, to: Math.min(from + 1, text.length), severity: "error", message: fault.message }]
        : places.sort((a, b) => a.from - b.from),
    );
  }, [findings, root]);

  useEffect(() => {
    if (!view.current || !jumpTo) return;
    const range = locate(view.current.state.doc.toString(), jumpTo);
    if (range) goTo(view.current, range.from, range.to);
    else view.current.focus();
  }, [jumpTo]);

  const tidy = () => {
    const shown = view.current;
    if (!shown) return;
    const text = shown.state.doc.toString();
    const fault = syntaxError(text);
    if (fault) {
      toast(`${fault.message} Put that right first.`, "bad");
      goTo(shown, fault.position, fault.position);
    } else if (formatJson(JSON.parse(text)) !== text) replaceText(shown, formatJson(JSON.parse(text)));
  };
  return (
    <div className="code-view">
      <div className="flex justify-end p-1.5">
        <button type="button" className="btn btn-xs btn-line" onClick={tidy}>
          Format
        </button>
      </div>
      <div ref={host} id="editor" className="min-h-0 flex-1 overflow-hidden" />
    </div>
  );
}
