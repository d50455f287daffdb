/** The text editor itself: CodeMirror for JSON, in the page's colours. */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-name)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-value)" },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: "var(--color-muted)" },
]);

export const look = EditorView.theme({
  "&": {
    height: "100%",
    fontSize: "13px",
    color: "var(--color-base-content)",
    backgroundColor: "var(--color-base-100)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--color-base-content)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--color-base-content)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--color-base-100)", color: "var(--color-muted)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--color-primary) 7%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--color-base-content)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--color-primary) 22%, transparent)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "color-mix(in oklab, var(--color-primary) 20%, transparent)",
  },
  ".cm-panels": { backgroundColor: "var(--color-base-200)", color: "var(--color-base-content)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--color-base-300)" },
  ".cm-panel.cm-search": { padding: "8px 40px 8px 8px", fontFamily: "var(--font-sans)", lineHeight: "2.4" },
  ".cm-panel.cm-search :is(input, button)": { minHeight: "28px", margin: "3px 6px 3px 0" },
  ".cm-panel.cm-search label": {
    display: "inline-flex",
    alignItems: "center",
    minHeight: "24px",
    fontSize: "13px",
  },
  ".cm-panel.cm-search input[type=checkbox]": { width: "18px", height: "18px", margin: "3px" },
  ".cm-panel.cm-search [name=close]": { width: "24px", height: "24px" },
  ".cm-textfield": {
    backgroundColor: "var(--color-base-100)",
    border: "1px solid var(--color-base-300)",
    borderRadius: "6px",
    padding: "5px 6px",
    fontSize: "13px",
    color: "inherit",
  },
  ".cm-button": {
    padding: "4px 8px",
    fontSize: "13px",
    backgroundImage: "none",
    backgroundColor: "var(--color-base-100)",
    border: "1px solid var(--color-base-300)",
    borderRadius: "6px",
    color: "inherit",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--color-base-100)",
    color: "var(--color-base-content)",
    border: "1px solid var(--color-base-300)",
    borderRadius: "8px",
    maxWidth: "32rem",
  },
  ".cm-diagnostic": { fontFamily: "var(--font-sans)", padding: "6px 10px" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--color-base-200)",
    border: "none",
    color: "var(--color-muted)",
    padding: "0 6px",
  },
  ".cm-searchMatch": { backgroundColor: "color-mix(in oklab, var(--color-warning) 35%, transparent)" },
});

/** Typed text goes in by transaction: Chromium's own editing leaves `<span style>` behind, which the CSP refuses. */
export const typing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || event.data === null || event.isComposing || view.composing)
      return false;
    event.preventDefault();
    const text = event.data;
    const { from, to } = view.state.selection.main;
    const insert = () =>
      view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    const handled = view.state
      .facet(EditorView.inputHandler)
      .some((handle) => handle(view, from, to, text, insert));
    if (!handled) view.dispatch(insert());
    return true;
  },
});

/** CodeMirror brings its own style sheet: inside a shadow root it may, where the page's CSP forbids `<style>`. */
export function makeView(host: HTMLElement, text: string, changed: (view: EditorView) => void): EditorView {
  const root = host.attachShadow({ mode: "open" });
  return new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        json(),
        syntaxHighlighting(colours),
        look,
        typing,
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ "aria-label": "Graph as JSON", tabindex: "0" }),
        keymap.of([
          ...closeBracketsKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.view);
        }),
      ],
    }),
  });
}

/** Replace the text in one step, which one undo takes back and nothing else. */
export function replaceText(view: EditorView, text: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    annotations: isolateHistory.of("full"),
  });
}

export function mark(view: EditorView, diagnostics: Diagnostic[]): void {
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

/** Put the cursor there, in the middle of the window. */
export function goTo(view: EditorView, from: number, to: number): void {
  view.dispatch({
    selection: { anchor: from, head: to },
    effects: EditorView.scrollIntoView(from, { y: "center" }),
  });
  view.focus();
}
