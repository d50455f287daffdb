/** A field for any JSON: text, number, yes or no, fields, list, nothing, or an expression. */

import { isObject, type Json, textOf } from "../../canvas/graph";
import type { FieldProps } from "./SchemaField";
import { ExpressionInput } from "./ExpressionInput";
import { ListField } from "./ListField";
import { FlagField, NumberField } from "./simple";
import { expressionIn } from "./shape";
import { TableField } from "./TableField";
import type { Fault } from "../code/expressionView";

const KINDS = {
  nothing: "Nothing",
  expression: "Expression",
  text: "Text",
  number: "Number",
  flag: "Yes or no",
  fields: "Fields",
  list: "List",
} as const;

type Kind = keyof typeof KINDS;

export function kindOf(value: Json | undefined): Kind {
  if (value === undefined || value === null) return "nothing";
  if (expressionIn(value) !== null) return "expression";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "flag";
  return Array.isArray(value) ? "list" : "fields";
}

/** The value as another kind, keeping what can be kept. */
export function asKind(value: Json | undefined, kind: Kind): Json {
  switch (kind) {
    case "nothing":
      return null;
    case "expression":
      return { "=": value === undefined || value === null || isObject(value) ? "" : JSON.stringify(value) };
    case "text":
      return typeof value === "number" || typeof value === "boolean"
        ? String(value)
        : (expressionIn(value) ?? "");
    case "number":
      return Number(typeof value === "string" ? value : 0) || 0;
    case "flag":
      return value === true || value === "true";
    case "fields":
      return isObject(value) && expressionIn(value) === null ? value : {};
    case "list":
      return Array.isArray(value) ? value : [];
  }
}

export function AnyField(props: FieldProps & { label: string; faults: readonly Fault[] }) {
  const { label, value, onChange, faults } = props;
  const kind = kindOf(value);
  return (
    <div className="any-field">
      <select
        className="select select-sm w-full"
        aria-label={`${label}: kind of value`}
        value={kind}
        onChange={(event) => onChange(asKind(value, event.target.value as Kind))}
      >
        {Object.entries(KINDS).map(([name, word]) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
      </select>
      {(kind === "expression" || kind === "text") && (
        <ExpressionInput
          key={kind}
          label={label}
          mode={kind === "text" ? "template" : "expression"}
          value={kind === "text" ? textOf(value) : (expressionIn(value) ?? "")}
          hint={kind === "text" ? "text, {{ expression }}" : "expression, as input.amount * 2"}
          faults={faults}
          onChange={(text) => onChange(kind === "text" ? text : { "=": text })}
        />
      )}
      {kind === "number" && (
        <NumberField
          label={label}
          schema={{}}
          value={value}
          isWhole={false}
          isDuration={false}
          onChange={(next) => onChange(next ?? 0)}
        />
      )}
      {kind === "flag" && <FlagField label={label} value={value} onChange={onChange} />}
      {kind === "fields" && <TableField {...props} values={{}} />}
      {kind === "list" && <ListField {...props} items={{}} />}
    </div>
  );
}
