/** Names with values: headers, variables, outputs. */

import { useState } from "react";
import { Icon } from "../../canvas/Icon";
import { isObject, type Json } from "../../canvas/graph";
import type { Schema } from "../../canvas/kinds";
import { defaultOf } from "../model/defaults";
import { type FieldProps, SchemaField } from "./SchemaField";

export function TableField(props: FieldProps & { label: string; values: Schema }) {
  const { label, values, root, steps, value, onChange } = props;
  const rows = isObject(value) ? Object.entries(value) : [];
  const write = (next: [string, Json][]) => onChange(Object.fromEntries(next));
  const rename = (index: number, key: string) =>
    write(rows.map(([name, each], number) => [number === index ? key : name, each]));
  const add = () => write([...rows, [freshKey(rows.map(([name]) => name)), startOf(values, root)]]);
  return (
    <div className="table-field">
      {rows.map(([key, each], index) => (
        <div key={index} className="table-row">
          <div className="flex items-start gap-1">
            <KeyInput
              label={`${label}: name ${index + 1}`}
              name={key}
              others={rows.map(([name]) => name).filter((name) => name !== key)}
              onRename={(next) => rename(index, next)}
            />
            <button
              type="button"
              className="row-tool"
              aria-label={`Remove ${key}`}
              title={`Remove ${key}`}
              onClick={() => write(rows.filter((_row, number) => number !== index))}
            >
              <Icon name="x" />
            </button>
          </div>
          <SchemaField
            name=""
            label={key || "Value"}
            schema={values}
            root={root}
            steps={[...steps, key]}
            value={each}
            isRequired
            isRaw={props.isRaw === true}
            onChange={(next) =>
              write(rows.map((row, number) => (number === index ? [key, next ?? ""] : row)))
            }
          />
        </div>
      ))}
      <button type="button" className="btn btn-xs btn-line self-start" onClick={add}>
        <Icon name="plus" /> Add {label ? `to ${label.toLowerCase()}` : "field"}
      </button>
    </div>
  );
}

function startOf(values: Schema, root: Schema): Json {
  return values.type === undefined && !values.anyOf ? { "=": "" } : (defaultOf(values, root) ?? "");
}

function freshKey(taken: string[]): string {
  for (let number = 1; ; number += 1) {
    const key = `name${number === 1 ? "" : number}`;
    if (!taken.includes(key)) return key;
  }
}

interface KeyProps {
  label: string;
  name: string;
  others: string[];
  onRename: (name: string) => void;
}

/** A name is taken over when it is complete: two rows must not become one while somebody types. */
function KeyInput({ label, name, others, onRename }: KeyProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? name;
  const fault = text === "" ? "Give it a name." : others.includes(text) ? "There is one of that name." : "";
  const change = (next: string) => {
    if (next !== "" && !others.includes(next)) {
      setTyped(null);
      onRename(next);
    } else setTyped(next);
  };
  return (
    <div className="min-w-0 flex-1">
      <input
        className="input input-sm w-full font-mono text-xs"
        aria-label={label}
        aria-invalid={fault !== ""}
        value={text}
        onChange={(event) => change(event.target.value)}
        onBlur={() => setTyped(null)}
      />
      {fault && <p className="field-error">{fault}</p>}
    </div>
  );
}
