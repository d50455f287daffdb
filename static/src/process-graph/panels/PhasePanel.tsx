/** One phase: its chief fields, the ways that leave it in their order, and what leads to its prompts. */

import { useState } from "react";
import { Icon } from "../../canvas/Icon";
import type { PhaseValues } from "../changes";
import { useDesk, useGraph } from "../desk";
import { pageOf, type Phase, phaseOf, shifted, type Way, waysFrom } from "../model";
import { addWay } from "../Stage";
import { useStoring } from "../useStoring";
import { Confirm } from "./Confirm";
import { ChoiceField, TextField, TickField } from "./Field";
import { PanelHead } from "./PanelHead";
import { Told } from "./Told";

export function PhasePanel({ phase }: { phase: Phase }) {
  const { settings, store, canEdit } = useDesk();
  const graph = useGraph();
  const isStart = graph.phases[0]?.id === phase.id;
  const begin = () => {
    const others = graph.phases.map(({ id }) => id).filter((id) => id !== phase.id);
    void store.change("Begin here", [{ do: "order_phases", phases: [phase.id, ...others] }]);
  };
  return (
    <>
      <PanelHead title={phase.name} onClose={() => store.select(null)} />
      <div className="panel-body">
        <Told place={phase.id} />
        <Fields phase={phase} />
        <p>
          <a className="pg-link" href={pageOf(settings.urls.phase, phase.id)}>
            {phase.prompts === 0
              ? "No prompts yet: to its page"
              : `Its ${counted(phase.prompts)} and the rest`}
          </a>
        </p>
        <Ways phase={phase} ways={waysFrom(graph, phase.id)} />
        {canEdit && (
          <div className="pg-row">
            {!isStart && (
              <button type="button" className="pg-button" onClick={begin}>
                <Icon name="flag" /> Begin here
              </button>
            )}
            <Delete phase={phase} />
          </div>
        )}
      </div>
    </>
  );
}

function counted(prompts: number): string {
  return `${prompts} prompt${prompts === 1 ? "" : "s"}`;
}

function Fields({ phase }: { phase: Phase }) {
  const { settings } = useDesk();
  const { errors, store } = useStoring();
  const set = (values: PhaseValues) =>
    void store(`Change ${phase.name}`, [{ do: "change_phase", id: phase.id, values }], Object.keys(values));
  const { kinds, forms } = settings.words;
  return (
    <div className="form-fields">
      <TextField
        label="Name"
        value={phase.name}
        maxLength={200}
        errors={errors.name}
        onStore={(name) => set({ name })}
      />
      <TextField
        label="Key"
        value={phase.key}
        maxLength={100}
        isCode
        help="Conditions name its answers by it."
        errors={errors.key}
        onStore={(key) => set({ key })}
      />
      <ChoiceField
        label="Kind"
        value={phase.kind}
        choices={kinds}
        errors={errors.kind}
        onStore={(kind) => set({ kind })}
      />
      <ChoiceField
        label="Form"
        value={phase.form}
        choices={forms}
        errors={errors.form}
        onStore={(form) => set({ form })}
      />
      <TextField
        label="Purpose"
        value={phase.purpose}
        rows={3}
        errors={errors.purpose}
        onStore={(purpose) => set({ purpose })}
      />
      <TextField
        label="What people read there"
        value={phase.text}
        rows={4}
        errors={errors.text}
        onStore={(text) => set({ text })}
      />
      <div>
        <TickField label="May be left out" value={phase.optional} onStore={(optional) => set({ optional })} />
        <TickField
          label="Must be complete to go on"
          value={phase.requires_completion}
          onStore={(requires_completion) => set({ requires_completion })}
        />
      </div>
    </div>
  );
}

function Ways({ phase, ways }: { phase: Phase; ways: Way[] }) {
  const { store, canEdit } = useDesk();
  const graph = useGraph();
  const shift = (index: number, by: number) =>
    void store.change("Order ways", [
      { do: "order_ways", phase: phase.id, ways: shifted(ways, index, by).map(({ id }) => id) },
    ]);
  return (
    <section className="pg-section" aria-label="Ways on">
      <h3>Ways on</h3>
      {ways.length === 0 && <p className="form-help">None: the process ends here.</p>}
      {ways.length > 1 && <p className="form-help">Tried in this order: the first that holds is taken.</p>}
      <ol className="way-list">
        {ways.map((way, index) => {
          const target = phaseOf(graph, way.target)?.name ?? "?";
          return (
            <li key={way.id}>
              {ways.length > 1 && <span className="way-number">{index + 1}</span>}
              <button
                type="button"
                className="way-open"
                onClick={() => store.select({ kind: "way", id: way.id })}
              >
                <span>{target}</span>
                <span className="form-help">{way.words ? `if ${way.words}` : "always"}</span>
              </button>
              {canEdit && ways.length > 1 && (
                <>
                  <button
                    type="button"
                    className="row-tool"
                    aria-label={`Try the way to ${target} earlier`}
                    disabled={index === 0}
                    onClick={() => shift(index, -1)}
                  >
                    <Icon name="chevron-down" className="is-up" />
                  </button>
                  <button
                    type="button"
                    className="row-tool"
                    aria-label={`Try the way to ${target} later`}
                    disabled={index === ways.length - 1}
                    onClick={() => shift(index, 1)}
                  >
                    <Icon name="chevron-down" />
                  </button>
                </>
              )}
            </li>
          );
        })}
      </ol>
      {canEdit && <AddWay phase={phase} />}
    </section>
  );
}

function AddWay({ phase }: { phase: Phase }) {
  const { store } = useDesk();
  const { phases } = useGraph();
  return (
    <select
      className="pg-input"
      aria-label={`Add way from ${phase.name} to`}
      value=""
      onChange={(event) => event.target.value && void addWay(store, phase.id, event.target.value)}
    >
      <option value="">Add way to…</option>
      {phases.map(({ id, name }) => (
        <option key={id} value={id}>
          {id === phase.id ? `${name} (again)` : name}
        </option>
      ))}
    </select>
  );
}

function Delete({ phase }: { phase: Phase }) {
  const { store } = useDesk();
  const [isAsking, setAsking] = useState(false);
  const act = () => {
    setAsking(false);
    void store.change(`Delete ${phase.name}`, [{ do: "delete_phase", id: phase.id }]);
  };
  return (
    <>
      <button
        type="button"
        className="pg-button is-danger"
        onClick={() => (phase.prompts > 0 ? setAsking(true) : act())}
      >
        <Icon name="trash-2" /> Delete phase
      </button>
      {isAsking && (
        <Confirm
          title={`Delete “${phase.name}”?`}
          verb="Delete phase"
          onConfirm={act}
          onClose={() => setAsking(false)}
        >
          Its {counted(phase.prompts)} and its ways go with it. This cannot be undone.
        </Confirm>
      )}
    </>
  );
}
