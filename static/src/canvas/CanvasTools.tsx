/** Zoom in and out, and fit: buttons in the corner of the canvas. `0` fits, too. */

import { Panel, useReactFlow } from "@xyflow/react";
import { type ReactNode, useEffect } from "react";
import { Icon } from "./Icon";

const FIT = { padding: 0.15, maxZoom: 1, duration: 200 };

/** Whether somebody types there, so that keys belong to the text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.shadowRoot !== null ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function CanvasTools({ children }: { children?: ReactNode }) {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "0" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      void fitView(FIT);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [fitView]);
  return (
    <Panel position="bottom-left" className="flow-tools">
      <Tool label="Zoom in" icon="plus" act={() => void zoomIn({ duration: 150 })} />
      <Tool label="Zoom out" icon="minus" act={() => void zoomOut({ duration: 150 })} />
      <Tool label="Fit the graph into view (0)" icon="maximize" act={() => void fitView(FIT)} />
      {children}
    </Panel>
  );
}

export function Tool(props: { label: string; icon: string; act: () => void; disabled?: boolean }) {
  const { label, icon, act, disabled = false } = props;
  return (
    <button
      type="button"
      className="flow-tool"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}
