/** What all nodes have in common: joining, retries, time-out, errors, withdrawing others, being disabled. */

import { dataOf, idOf, isObject, type Json, nodesById, type Part, textOf, titleOf } from "../../canvas/graph";
import { useGraph } from "../bench";
import { FlagField, NumberField } from "../forms/simple";

const JOINS: [string, string][] = [
  ["sync", "Whatever can still come (usual)"],
  ["all", "Every incoming edge"],
  ["any", "Each arrival by itself"],
  ["first", "The first, ignoring the rest"],
  ["n", "A number of arrivals"],
];
const ERRORS: [string, string][] = [
  ["fail", "The run fails"],
  ["continue", "The run goes on"],
  ["route", "Leave by the port “error”"],
];

interface Props {
  node: Part;
  onChange: (steps: (string | number)[], value: Json | undefined) => void;
}

export function BehaviourForm({ node, onChange }: Props) {
  const data = dataOf(node);
  const join = isObject(data.join) ? "n" : textOf(data.join) || "sync";
  const count = isObject(data.join) ? data.join.n : undefined;
  const set = (name: string, value: Json | undefined) => onChange(["data", name], value);
  return (
    <div className="form-fields">
      <Field label="Waits for" help="When several edges lead here.">
        <Choice
          label="Waits for"
          options={JOINS}
          value={join}
          onChange={(next) => set("join", next === "sync" ? undefined : next === "n" ? { n: 2 } : next)}
        />
        {join === "n" && (
          <NumberField
            label="Number of arrivals"
            schema={{ minimum: 1 }}
            isWhole
            isDuration={false}
            value={count}
            onChange={(next) => set("join", { n: next ?? 1 })}
          />
        )}
      </Field>
      <Retry value={data.retry} onChange={(next) => set("retry", next)} />
      <Field label="Time-out" help="An attempt that takes longer fails. Empty: no limit.">
        <NumberField
          label="Time-out"
          schema={{ exclusiveMinimum: 0 }}
          isWhole={false}
          isDuration
          value={data.timeout_seconds}
          onChange={(next) => set("timeout_seconds", next)}
        />
      </Field>
      <Field label="When it fails" help="After the last attempt.">
        <Choice
          label="When it fails"
          options={ERRORS}
          value={textOf(data.on_error) || "fail"}
          onChange={(next) => set("on_error", next === "fail" ? undefined : next)}
        />
      </Field>
      <Cancels node={node} onChange={(next) => set("cancels", next)} />
      <Field label="Disabled" help="Steps over the node, as if it had done nothing. (D)">
        <FlagField
          label="Disabled"
          value={data.disabled}
          onChange={(next) => set("disabled", next === true ? true : undefined)}
        />
      </Field>
    </div>
  );
}

function Field(props: { label: string; help: string; children: React.ReactNode }) {
  return (
    <div className="form-field" role="group" aria-label={props.label}>
      <div className="form-label">{props.label}</div>
      <div className="flex flex-col gap-2">{props.children}</div>
      <p className="form-help">{props.help}</p>
    </div>
  );
}

function Choice(props: {
  label: string;
  options: [string, string][];
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <select
      className="select select-sm w-full"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    >
      {props.options.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
}

function Retry({
  value,
  onChange,
}: {
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
}) {
  const retry = isObject(value) ? value : {};
  const set = (name: string, next: Json | undefined) => {
    const merged = { ...retry, [name]: next ?? null };
    const kept = Object.fromEntries(Object.entries(merged).filter(([, each]) => each !== null));
    onChange(Object.keys(kept).length > 0 ? kept : undefined);
  };
  return (
    <Field label="Retries" help="The pause doubles after each attempt.">
      <div className="grid grid-cols-2 gap-2">
        <label className="form-small">
          Attempts
          <NumberField
            label="Attempts"
            schema={{ minimum: 1, default: 1 }}
            isWhole
            isDuration={false}
            value={retry.max_attempts}
            onChange={(next) => set("max_attempts", next)}
          />
        </label>
        <label className="form-small">
          First pause, in s
          <NumberField
            label="First pause, in s"
            schema={{ minimum: 0, default: 2 }}
            isWhole={false}
            isDuration={false}
            value={retry.backoff_seconds}
            onChange={(next) => set("backoff_seconds", next)}
          />
        </label>
      </div>
    </Field>
  );
}

function Cancels({ node, onChange }: { node: Part; onChange: (ids: Json | undefined) => void }) {
  const others = [...nodesById(useGraph())].filter(([id]) => id !== idOf(node));
  const { cancels } = dataOf(node);
  const chosen = Array.isArray(cancels) ? cancels.map(textOf) : [];
  const toggle = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
    onChange(next.length > 0 ? next : undefined);
  };
  return (
    <Field label="Withdraws" help="What still waits in these nodes is withdrawn when this one completes.">
      <div className="choice-list pick-list">
        {others.map(([id, other]) => (
          <label key={id} className="form-flag px-2">
            <input
              type="checkbox"
              className="checkbox checkbox-sm"
              checked={chosen.includes(id)}
              onChange={() => toggle(id)}
            />
            {titleOf(other)}
          </label>
        ))}
      </div>
    </Field>
  );
}
