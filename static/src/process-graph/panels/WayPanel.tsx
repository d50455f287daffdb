/** One way: where it leads, who takes it, and what it is called. */

import { Icon } from "../../canvas/Icon";
import { stored, type WayValues } from "../changes";
import { useDesk, useGraph } from "../desk";
import { phaseOf, type Way, waysFrom } from "../model";
import { useStoring } from "../useStoring";
import { ConditionForm } from "./ConditionForm";
import { ChoiceField, TextField } from "./Field";
import { PanelHead } from "./PanelHead";
import { Told } from "./Told";

export function WayPanel({ way }: { way: Way }) {
  const { store: all, canEdit } = useDesk();
  const graph = useGraph();
  const { errors, store } = useStoring();
  const source = phaseOf(graph, way.source);
  const siblings = waysFrom(graph, way.source);
  const phases = graph.phases.map(({ id, name }) => ({ value: id, label: name }));
  const set = (values: WayValues) =>
    void store("Change way", [{ do: "change_way", id: way.id, values }], Object.keys(values));
  return (
    <>
      <PanelHead
        title={`${source?.name ?? "?"} → ${phaseOf(graph, way.target)?.name ?? "?"}`}
        onClose={() => all.select(null)}
      />
      <div className="panel-body">
        <Told place={way.id} />
        {siblings.length > 1 && source && (
          <p className="form-help">
            Tried as number {siblings.indexOf(way) + 1} of {siblings.length}.{" "}
            <button
              type="button"
              className="pg-link"
              onClick={() => all.select({ kind: "phase", id: source.id })}
            >
              Change the order at “{source.name}”
            </button>
          </p>
        )}
        <div className="form-fields">
          <ConditionForm
            condition={way.condition}
            errors={errors.condition ?? []}
            onStore={(condition) => set({ condition: stored(condition) })}
          />
          <TextField
            label="Label"
            value={way.label}
            maxLength={100}
            help="For authors; people do not see it."
            errors={errors.label}
            onStore={(label) => set({ label })}
          />
          <ChoiceField
            label="Leads to"
            value={way.target}
            choices={phases}
            errors={errors.target}
            onStore={(target) => set({ target })}
          />
        </div>
        {canEdit && (
          <div className="pg-row">
            <button
              type="button"
              className="pg-button is-danger"
              onClick={() => void all.change("Delete way", [{ do: "delete_way", id: way.id }])}
            >
              <Icon name="trash-2" /> Delete way
            </button>
          </div>
        )}
      </div>
    </>
  );
}
