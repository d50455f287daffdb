/** The bar above the canvas: what is shown, whether it is stored, and what can be done to all of it. */

import { Icon } from "../canvas/Icon";
import { useDesk, useShown } from "./desk";

interface Props {
  onAdd: () => void;
  onTidy: () => void;
}

export function Toolbar({ onAdd, onTidy }: Props) {
  const { settings, store, canEdit } = useDesk();
  const { isSaving, undo, redo, graph } = useShown();
  const forbidding = graph.findings.filter(({ forbids }) => forbids).length;
  return (
    <div className="pg-bar" role="toolbar" aria-label="Graph">
      <a className="pg-button" href={settings.urls.version}>
        <Icon name="arrow-left" /> Version
      </a>
      <h2>{settings.name}</h2>
      {canEdit && (
        <span className="pg-state" role="status">
          {isSaving ? "Storing…" : "All stored"}
        </span>
      )}
      <button type="button" className="pg-state pg-link" onClick={() => store.select(null)}>
        {graph.findings.length === 0
          ? "No findings"
          : `${graph.findings.length} finding${graph.findings.length === 1 ? "" : "s"}`}
        {forbidding > 0 && `, ${forbidding} to be put right`}
      </button>
      <span className="pg-gap" />
      {canEdit && (
        <>
          <BarButton icon="rotate-ccw" label="Undo" what={undo} act={() => store.undo()} />
          <BarButton icon="rotate-ccw" label="Redo" what={redo} act={() => store.redo()} isMirrored />
        </>
      )}
      <button type="button" className="pg-button" onClick={onTidy}>
        <Icon name="workflow" /> Tidy
      </button>
      {canEdit && (
        <button type="button" className="pg-button is-primary" onClick={onAdd}>
          <Icon name="plus" /> Add phase
        </button>
      )}
    </div>
  );
}

interface ButtonProps {
  icon: string;
  label: string;
  what: string;
  act: () => void;
  isMirrored?: boolean;
}

function BarButton({ icon, label, what, act, isMirrored }: ButtonProps) {
  return (
    <button
      type="button"
      className="pg-button"
      disabled={!what}
      aria-label={label}
      title={what ? `${label}: ${what}` : label}
      onClick={act}
    >
      <Icon name={icon} className={isMirrored ? "is-mirrored" : ""} />
    </button>
  );
}
