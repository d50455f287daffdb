/** A small CodeMirror for expressions and for text with `{{ expressions }}`, with names to choose from. */

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  completionStatus,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { StreamLanguage, type StreamParser, syntaxHighlighting, HighlightStyle } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { look, typing } from "../../editor/view";
import type { FunctionHelp, Offer } from "../model/naming";

export type Mode = "expression" | "template";

interface Reading {
  isInside: boolean;
}

function parser(mode: Mode): StreamParser<Reading> {
  return {
    startState: () => ({ isInside: mode === "expression" }),
    token(stream, state) {
      if (mode === "template") {
        if (!state.isInside) {
          if (stream.match("{{")) {
            state.isInside = true;
            return "meta";
          }
          stream.next();
          return null;
        }
        if (stream.match("}}")) {
          state.isInside = false;
          return "meta";
        }
      }
      if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return "string";
      if (stream.match(/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return "number";
      if (stream.match(/^(?:true|false|null|in)\b/)) return "atom";
      if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return "keyword";
      if (stream.match(/^[A-Za-z_]\w*/)) return "variableName";
      stream.next();
      return null;
    },
  };
}

const colours = HighlightStyle.define([
  { tag: [tags.variableName, tags.keyword], color: "var(--code-name)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: [tags.number, tags.atom], color: "var(--code-value)" },
  { tag: tags.meta, color: "var(--color-primary)", fontWeight: "600" },
]);

const small = EditorView.theme({
  "&": { height: "auto", backgroundColor: "transparent" },
  ".cm-scroller": { overflow: "auto", maxHeight: "14rem" },
  ".cm-content": { padding: "6px 0", minHeight: "1.6em" },
  ".cm-line": { padding: "0 8px" },
  ".cm-placeholder": { color: "var(--color-muted)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--color-error)",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", maxHeight: "14rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--color-primary)",
    color: "var(--color-primary-content)",
  },
  ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--font-sans)", marginLeft: "0.75em" },
  ".cm-completionInfo": { padding: "6px 10px", fontFamily: "var(--font-sans)" },
});

const proseLook = EditorView.theme({ ".cm-scroller": { fontFamily: "var(--font-sans)" } });

export interface Names {
  offers: () => readonly Offer[];
  functions: readonly FunctionHelp[];
}

/** Completions for the names and functions at the cursor; null where none belong. */
export function complete(context: CompletionContext, mode: Mode, names: Names): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  if (mode === "template" && before.lastIndexOf("{{") <= before.lastIndexOf("}}")) return null;
  const word = context.matchBefore(/[A-Za-z_][\w.]*/);
  if (!word && !context.explicit) return null;
  const typed = word?.text ?? "";
  const dot = typed.lastIndexOf(".");
  const base = typed.slice(0, dot + 1);
  const from = (word?.from ?? context.pos) + base.length;
  const options = base ? members(base, names) : [...roots(names), ...calls(names)];
  return options.length > 0 ? { from, options, validFor: /^\w*$/ } : null;
}

function roots({ offers }: Names): Completion[] {
  return offers().map(({ name, kind, detail, rank }) => ({ label: name, type: kind, detail, boost: rank }));
}

/** What follows the dot: parts of known names, and functions, which may be called as methods. */
function members(base: string, names: Names): Completion[] {
  const parts = new Map<string, Completion>();
  for (const { name, detail, rank } of names.offers()) {
    if (!name.startsWith(base)) continue;
    const rest = /^\w+/.exec(name.slice(base.length))?.[0];
    if (!rest) continue;
    const isWhole = name.length === base.length + rest.length;
    if (isWhole || !parts.has(rest))
      parts.set(rest, { label: rest, type: "property", detail: isWhole ? detail : "", boost: rank });
  }
  return [...parts.values(), ...calls(names)];
}

function calls({ functions }: Names): Completion[] {
  return functions.map(({ name, signature, description }) => ({
    label: name,
    type: "function",
    detail: signature,
    info: description,
    apply: (view: EditorView, _completion: Completion, from: number, to: number) => {
      const insert = `${name}()`;
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length - 1 } });
    },
    boost: -5,
  }));
}

interface ExpressionOptions {
  label: string;
  text: string;
  mode: Mode;
  names: Names;
  hint: string;
  changed: (text: string) => void;
}

export function makeExpressionView(host: HTMLElement, options: ExpressionOptions): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const { mode, names } = options;
  return new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        history(),
        drawSelection(),
        closeBrackets(),
        EditorView.lineWrapping,
        StreamLanguage.define(parser(mode)),
        syntaxHighlighting(colours),
        mode === "template" ? proseLook : [],
        small,
        look,
        typing,
        placeholder(options.hint),
        autocompletion({
          override: [(context) => complete(context, mode, names)],
          icons: false,
          interactionDelay: 0,
        }),
        EditorView.contentAttributes.of({ "aria-label": options.label, "aria-multiline": "true" }),
        keymap.of([
          { key: "Tab", run: (view) => completionStatus(view.state) === "active" && acceptCompletion(view) },
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.changed(update.state.doc.toString());
        }),
      ],
    }),
  });
}

export interface Fault {
  message: string;
  /** Offset in the text. */
  position: number | undefined;
}

export function showFaults(view: EditorView, faults: readonly Fault[]): void {
  const length = view.state.doc.length;
  const diagnostics = faults.map(({ message, position = 0 }): Diagnostic => {
    const from = Math.max(Math.min(position, length - 1), 0);
    return { from, to: Math.min(from + 1, length), severity: "error", message };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}
