/** Where expressions are written: colours, names to choose from, and the server's complaints below. */

import type { EditorView } from "@codemirror/view";
import { useEffect, useId, useRef } from "react";
import { type Fault, makeExpressionView, type Mode, showFaults } from "../code/expressionView";
import { useBench } from "../bench";
import { useOffers } from "./context";

interface Props {
  label: string;
  value: string;
  mode: Mode;
  hint?: string;
  faults: readonly Fault[];
  isLong?: boolean;
  onChange: (text: string) => void;
}

export function ExpressionInput({ label, value, mode, hint = "", faults, isLong = false, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const offers = useOffers();
  const { functions } = useBench().settings;
  const latest = useRef({ offers, onChange });
  const id = useId();
  useEffect(() => {
    latest.current = { offers, onChange };
  });
  useEffect(() => {
    if (!host.current) return;
    const made = makeExpressionView(host.current, {
      label,
      text: value,
      mode,
      hint,
      names: { offers: () => latest.current.offers(), functions },
      changed: (text) => latest.current.onChange(text),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
    // The view keeps its own text; only what it is about makes a new one.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [label, mode, functions]);
  useEffect(() => {
    const shown = view.current;
    if (shown && shown.state.doc.toString() !== value)
      shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value]);
  const told = faults.map(({ message, position }) => `${position ?? ""} ${message}`).join("\n");
  useEffect(() => {
    if (view.current) showFaults(view.current, faults);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [told]);
  return (
    <div>
      <div
        ref={host}
        className={`expression-input ${isLong ? "is-long" : ""} ${faults.length > 0 ? "has-error" : ""}`}
        data-mode={mode}
        aria-describedby={id}
      />
      <div id={id} aria-live="polite">
        {faults.map(({ message }) => (
          <p key={message} className="field-error">
            {message}
          </p>
        ))}
      </div>
    </div>
  );
}
