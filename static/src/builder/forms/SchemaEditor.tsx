/** A form for people, put together field by field; what it cannot say is written as JSON Schema. */

import { useState } from "react";
import { Icon } from "../../canvas/Icon";
import { isObject, type Json, type JsonObject, textOf } from "../../canvas/graph";
import { without } from "../model/change";
import { JsonText } from "./JsonText";

const TYPES = { string: "Text", number: "Number", integer: "Whole number", boolean: "Yes or no" } as const;
const SIMPLE = new Set(["type", "title", "description", "default", "minimum", "maximum", "enum"]);

interface Props {
  label: string;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
}

/** Whether the fields below can show all of it. */
export function isSimple(schema: Json | undefined): boolean {
  if (schema === undefined || schema === null) return true;
  if (!isObject(schema) || schema.type !== "object") return false;
  if (Object.keys(schema).some((key) => !["type", "title", "properties", "required"].includes(key)))
    return false;
  const fields = isObject(schema.properties) ? Object.values(schema.properties) : [];
  return fields.every(
    (each) =>
      isObject(each) && textOf(each.type) in TYPES && Object.keys(each).every((key) => SIMPLE.has(key)),
  );
}

export function SchemaEditor({ label, value, onChange }: Props) {
  const [asText, setAsText] = useState(() => !isSimple(value));
  const mode = asText || !isSimple(value);
  return (
    <div className="any-field">
      <div className="flex gap-3 text-[0.8125rem]">
        <button
          type="button"
          className="link-plain"
          onClick={() => setAsText(!mode)}
          disabled={mode && !isSimple(value)}
        >
          {mode
            ? isSimple(value)
              ? "Edit as fields"
              : "Only JSON can say all of this"
            : "Edit as JSON Schema"}
        </button>
        {isObject(value) && (
          <button type="button" className="link-plain" onClick={() => onChange(undefined)}>
            Remove
          </button>
        )}
      </div>
      {mode ? (
        <JsonText
          label={`${label} as JSON Schema`}
          value={value ?? null}
          onChange={(next) => onChange(next ?? undefined)}
        />
      ) : (
        <Fields label={label} schema={isObject(value) ? value : {}} onChange={onChange} />
      )}
    </div>
  );
}

function Fields(props: { label: string; schema: JsonObject; onChange: (schema: Json) => void }) {
  const { schema, label } = props;
  const fields = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const required = Array.isArray(schema.required) ? schema.required.map(textOf) : [];
  const write = (next: [string, Json][], names: string[]) => {
    const must = names.filter((name) => next.some(([each]) => each === name));
    const kept = { ...without(schema, "required"), type: "object", properties: Object.fromEntries(next) };
    props.onChange(must.length > 0 ? { ...kept, required: must } : kept);
  };
  const change = (index: number, name: string, field: JsonObject) =>
    write(
      fields.map((each, number) => (number === index ? [name, field] : each)),
      required.map((each) => (each === fields[index]?.[0] ? name : each)),
    );
  const add = () => write([...fields, [`field${fields.length + 1}`, { type: "string" }]], required);
  return (
    <div className="list-field">
      {fields.map(([name, given], index) => {
        const field = isObject(given) ? given : {};
        const must = required.includes(name);
        return (
          <div key={index} className="item-row is-compound">
            <div className="grid min-w-0 flex-1 grid-cols-2 gap-2">
              <Small
                label={`${label}: name of field ${index + 1}`}
                value={name}
                onChange={(next) =>
                  next && !fields.some(([each]) => each === next) && change(index, next, field)
                }
              />
              <select
                className="select select-sm w-full"
                aria-label={`${label}: type of field ${index + 1}`}
                value={textOf(field.type)}
                onChange={(event) => change(index, name, { ...field, type: event.target.value })}
              >
                {Object.entries(TYPES).map(([type, word]) => (
                  <option key={type} value={type}>
                    {word}
                  </option>
                ))}
              </select>
              <Small
                label={`${label}: title of field ${index + 1}`}
                hint="Title"
                value={textOf(field.title)}
                onChange={(next) =>
                  change(index, name, next ? { ...field, title: next } : without(field, "title"))
                }
              />
              <label className="form-flag">
                <input
                  type="checkbox"
                  className="checkbox checkbox-sm"
                  checked={must}
                  onChange={() =>
                    write(fields, must ? required.filter((each) => each !== name) : [...required, name])
                  }
                />
                Required
              </label>
            </div>
            <button
              type="button"
              className="row-tool"
              aria-label={`Remove field ${name}`}
              onClick={() =>
                write(
                  fields.filter((_each, number) => number !== index),
                  required,
                )
              }
            >
              <Icon name="x" />
            </button>
          </div>
        );
      })}
      <button type="button" className="btn btn-xs btn-line self-start" onClick={add}>
        <Icon name="plus" /> Add a field
      </button>
    </div>
  );
}

function Small(props: { label: string; hint?: string; value: string; onChange: (text: string) => void }) {
  return (
    <input
      className="input input-sm w-full min-w-0"
      aria-label={props.label}
      placeholder={props.hint ?? ""}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
}
