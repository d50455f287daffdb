/** The form of one node: what it is called, its configuration, how it behaves, and trying it. */

import { useMemo, useState } from "react";
import { Icon } from "../../canvas/Icon";
import { configOf, dataOf, idOf, type Json, type Part, textOf, titleOf } from "../../canvas/graph";
import { iconOf, type Kind } from "../../canvas/kinds";
import { levelsOf, useBench, useGraph } from "../bench";
import { FormContext } from "../forms/context";
import { FieldGroup, SchemaField } from "../forms/SchemaField";
import { offers } from "../model/naming";
import { setField } from "../model/operations";
import { badId, renameNodes } from "../model/renaming";
import { only } from "../model/store";
import { BehaviourForm } from "./BehaviourForm";
import { PanelHead } from "./PanelHead";
import { PlaceFindings } from "./PlaceFindings";
import { TryPanel } from "./TryPanel";

const TABS = { settings: "Settings", behaviour: "Behaviour", try: "Try" } as const;
type Tab = keyof typeof TABS;

export function NodePanel({ node }: { node: Part }) {
  const { kinds, store, findings } = useBench();
  const [tab, setTab] = useState<Tab>("settings");
  const id = idOf(node);
  const kind = kinds.get(textOf(node.type));
  const mine = useMemo(() => findings.filter((each) => each.node === id), [findings, id]);
  const place = useNodeForm(id, mine);
  const set = (steps: (string | number)[], value: Json | undefined) =>
    store.edit("Change a node", (graph) => setField(graph, "nodes", id, steps, value), {
      key: `${id} ${steps.join(".")}`,
    });
  return (
    <FormContext value={place}>
      <PanelHead icon={iconOf(kind)} title={kind?.title ?? textOf(node.type)} />
      <div className="panel-top">
        <Naming key={id} node={node} />
        {kind && <p className="form-help">{kind.description}</p>}
        {!kind && <p className="field-error">There is no node type “{textOf(node.type)}” on this server.</p>}
      </div>
      <div className="panel-tabs" role="tablist" aria-label="Parts of the node">
        {Object.entries(TABS).map(([name, word]) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={tab === name}
            onClick={() => setTab(name as Tab)}
          >
            {word}
          </button>
        ))}
      </div>
      <div className="panel-body" role="tabpanel" aria-label={TABS[tab]}>
        <PlaceFindings findings={mine} />
        {tab === "settings" && kind && <ConfigForm key={id} node={node} kind={kind} onChange={set} />}
        {tab === "behaviour" && <BehaviourForm key={id} node={node} onChange={set} />}
        {tab === "try" && <TryPanel key={id} node={node} kind={kind} />}
      </div>
    </FormContext>
  );
}

function useNodeForm(node: string, findings: ReturnType<typeof useBench>["findings"]) {
  const { kinds, settings, sample, store } = useBench();
  return useMemo(
    () => ({
      findings,
      offers: () =>
        offers({
          levels: levelsOf(store.get(), kinds),
          path: store.get().path,
          place: { node },
          inputSchema: settings.inputSchema,
          outputs: sample.outputs,
          kinds,
        }),
    }),
    [node, findings, kinds, settings, sample, store],
  );
}

function ConfigForm(props: {
  node: Part;
  kind: Kind;
  onChange: (steps: (string | number)[], value: Json | undefined) => void;
}) {
  const { node, kind, onChange } = props;
  const steps = ["data", "config"];
  const change = (config: Json | undefined) => onChange(steps, config ?? {});
  const form = { root: kind.schema, steps, value: configOf(node), onChange: change };
  if (kind.schema.properties)
    return <FieldGroup schema={kind.schema} {...form} rawFields={kind.raw_fields} />;
  return (
    <SchemaField
      name=""
      label="What it does"
      schema={{ ...kind.schema, description: "" }}
      {...form}
      isRequired
    />
  );
}

function Naming({ node }: { node: Part }) {
  const { store } = useBench();
  const graph = useGraph();
  const id = idOf(node);
  const [typed, setTyped] = useState(id);
  const fault = typed === id ? null : badId(graph, id, typed);
  const rename = () => {
    if (typed === id) return;
    if (fault) {
      setTyped(id);
      return;
    }
    store.edit("Change an id", (before) => renameNodes(before, new Map([[id, typed]])), {
      select: only([typed]),
    });
  };
  return (
    <div className="grid grid-cols-2 gap-2">
      <label className="form-small">
        Title
        <input
          className="input input-sm w-full"
          value={textOf(dataOf(node).title)}
          placeholder={titleOf(node)}
          maxLength={200}
          onChange={(event) =>
            store.edit(
              "Rename",
              (before) => setField(before, "nodes", id, ["data", "title"], event.target.value || undefined),
              { key: `${id} title` },
            )
          }
        />
      </label>
      <label className="form-small">
        Id, for expressions
        <input
          className="input input-sm w-full font-mono text-xs"
          value={typed}
          aria-invalid={fault !== null}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === "Enter" && rename()}
        />
      </label>
      {fault && (
        <p className="field-error col-span-2">
          <Icon name="circle-x" className="size-3.5" /> {fault}
        </p>
      )}
    </div>
  );
}
