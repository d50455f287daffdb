/** The form of one edge: the port it leaves by, its condition, its label. */

import { useMemo } from "react";
import { idOf, nodesById, type Part, portOf, textOf, titleOf } from "../../canvas/graph";
import { portsOf } from "../../canvas/kinds";
import { isError, withoutPlace } from "../../editor/problems";
import { levelsOf, useBench, useGraph } from "../bench";
import { FormContext } from "../forms/context";
import { ExpressionInput } from "../forms/ExpressionInput";
import { offers } from "../model/naming";
import { removeParts, setField, setPort } from "../model/operations";
import { only } from "../model/store";
import { PanelHead } from "./PanelHead";

export function EdgePanel({ edge }: { edge: Part }) {
  const bench = useBench();
  const { kinds, store, findings, place, settings, sample } = bench;
  const graph = useGraph();
  const id = idOf(edge);
  const nodes = nodesById(graph);
  const [source, target] = [nodes.get(textOf(edge.source)), nodes.get(textOf(edge.target))];
  const mine = useMemo(() => findings.filter((each) => each.edge === id), [findings, id]);
  const form = useMemo(
    () => ({
      findings: mine,
      offers: () =>
        offers({
          levels: levelsOf(store.get(), kinds),
          path: store.get().path,
          place: { edge: id },
          inputSchema: settings.inputSchema,
          outputs: sample.outputs,
          kinds,
        }),
    }),
    [mine, store, kinds, id, settings, sample],
  );
  const ports = source ? portsOf(source, kinds.get(textOf(source.type))) : [];
  const port = portOf(edge);
  const set = (field: string, value: string) =>
    store.edit("Change an edge", (before) => setField(before, "edges", id, [field], value || undefined), {
      key: `${id} ${field}`,
    });
  const faults = mine
    .filter((each) => each.path === "condition" && isError(each))
    .map((each) => ({ message: withoutPlace(each), position: each.position }));
  const others = mine.filter((each) => each.path !== "condition");
  return (
    <FormContext value={form}>
      <PanelHead icon="git-branch" title="Edge" />
      <div className="panel-body form-fields">
        <p className="text-[0.8125rem]">
          {source ? titleOf(source) : "?"} → {target ? titleOf(target) : "?"}
        </p>
        {others.map((each) => (
          <p key={each.message} className="field-error">
            {withoutPlace(each)}
          </p>
        ))}
        <label className="form-small">
          Leaves by port
          <select
            className="select select-sm w-full"
            value={port}
            onChange={(event) =>
              store.edit("Change a port", (before) => setPort(before, id, event.target.value))
            }
          >
            {!ports.includes(port) && <option value={port}>{port} (not there any more)</option>}
            {ports.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <div className="form-field" role="group" aria-label="Condition">
          <div className="form-label">
            Condition <span className="form-optional">optional</span>
          </div>
          <ExpressionInput
            key={id}
            label="Condition"
            mode="expression"
            hint={`as nodes.${textOf(edge.source)}.output.ok == true`}
            value={textOf(edge.condition)}
            faults={faults}
            onChange={(text) => set("condition", text)}
          />
          <p className="form-help">The edge is followed only where this holds.</p>
        </div>
        <label className="form-small">
          Label
          <input
            className="input input-sm w-full"
            maxLength={200}
            value={textOf(edge.label)}
            onChange={(event) => set("label", event.target.value)}
          />
        </label>
        <div className="flex flex-wrap gap-2">
          <button type="button" className="btn btn-sm btn-line" onClick={() => place({ onEdge: id })}>
            Insert a node here
          </button>
          <button
            type="button"
            className="btn btn-sm btn-danger"
            onClick={() => store.edit("Delete", (before) => removeParts(before, only([], [id])))}
          >
            Delete
          </button>
        </div>
      </div>
    </FormContext>
  );
}
