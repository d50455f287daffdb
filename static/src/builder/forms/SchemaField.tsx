/** A field of a form, made from its JSON Schema; any of them may hold an expression instead of a value. */

import { type ReactNode, useId } from "react";
import { Icon } from "../../canvas/Icon";
import { isObject, type Json } from "../../canvas/graph";
import type { Schema } from "../../canvas/kinds";
import { isError, withoutPlace } from "../../editor/problems";
import type { Steps } from "../model/change";
import { defaultOf, resolve } from "../model/defaults";
import { useFindings } from "./context";
import { ExpressionInput } from "./ExpressionInput";
import { AnyField } from "./AnyField";
import { GraphField } from "./GraphField";
import { ListField } from "./ListField";
import { ChoiceField, FlagField, NumberField } from "./simple";
import { SchemaEditor } from "./SchemaEditor";
import { PeopleField } from "./PeopleField";
import { expressionIn, isNullable, labelOf, type Shape, shapeOf } from "./shape";
import { TableField } from "./TableField";
import { VariantField } from "./VariantField";
import { WorkflowField } from "./WorkflowField";

export interface FieldProps {
  name: string;
  schema: Schema;
  /** The schema with the definitions that others refer to. */
  root: Schema;
  /** Where the value stands in its node or edge. */
  steps: Steps;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  isRequired?: boolean;
  /** `{"=": …}` means nothing here. */
  isRaw?: boolean;
  label?: string;
}

export function SchemaField(props: FieldProps) {
  const { name, root, steps, value, onChange, isRequired = false, isRaw = false } = props;
  const schema = resolve(props.schema, root);
  const shape = shapeOf(schema, root, name);
  const label = props.label ?? labelOf(name, schema);
  const findings = useFindings(steps);
  const source = isRaw ? null : expressionIn(value);
  const id = useId();
  const faults = findings
    .filter(isError)
    .map((each) => ({ message: withoutPlace(each), position: each.position }));
  const canCompute =
    !isRaw && !["expression", "graph", "schema", "any", "fields", "variants"].includes(shape.kind);
  const showsOwnFaults =
    source !== null || shape.kind === "expression" || shape.kind === "text" || shape.kind === "any";

  const body = <Body {...props} schema={schema} shape={shape} label={label} faults={faults} />;
  if (name === "with" && shape.kind === "fields") return body; // the choice above names it already

  const compute = () =>
    onChange(source === null ? { "=": startOf(value) } : valueAfter(source, schema, root, shape));
  return (
    <div className="form-field" role="group" aria-labelledby={id}>
      <div className="form-label">
        <span id={id}>
          {label}
          {!isRequired && isEmptyUsual(schema) && <span className="form-optional"> optional</span>}
        </span>
        {canCompute && (
          <button
            type="button"
            className="fx-button"
            aria-pressed={source !== null}
            aria-label={`${label}: fx, compute with an expression`}
            title={source === null ? "Compute with an expression" : "Write a fixed value"}
            onClick={compute}
          >
            fx
          </button>
        )}
      </div>
      {source !== null ? (
        <ExpressionInput
          label={label}
          value={source}
          mode="expression"
          hint="expression, as input.amount * 2"
          faults={faults}
          onChange={(text) => onChange({ "=": text })}
        />
      ) : (
        body
      )}
      {schema.description && <p className="form-help">{schema.description}</p>}
      {!showsOwnFaults && faults.map(({ message }) => <Complaint key={message}>{message}</Complaint>)}
    </div>
  );
}

function Complaint({ children }: { children: ReactNode }) {
  return (
    <p className="field-error flex gap-1">
      <Icon name="circle-x" className="mt-0.5 size-3.5" />
      {children}
    </p>
  );
}

interface BodyProps extends FieldProps {
  shape: Shape;
  label: string;
  faults: { message: string; position: number | undefined }[];
}

function Body({ shape, label, faults, ...props }: BodyProps) {
  const { value, onChange, root, schema, steps, isRaw = false } = props;
  const canBeEmpty = !props.isRequired || isNullable(schema, root);
  if (!suits(value, shape)) return <AnyField {...props} label={label} faults={faults} />;
  switch (shape.kind) {
    case "text":
    case "expression": {
      const empty = canBeEmpty && schema.default !== "" ? undefined : "";
      return (
        <ExpressionInput
          label={label}
          value={typeof value === "string" ? value : ""}
          mode={shape.kind === "text" ? "template" : "expression"}
          hint={shape.kind === "text" ? hintOf(schema) : "condition, as input.amount > 100"}
          faults={faults}
          isLong={shape.kind === "text" && shape.isLong}
          onChange={(text) => onChange(text === "" ? empty : text)}
        />
      );
    }
    case "number":
      return (
        <NumberField
          label={label}
          schema={schema}
          value={value}
          onChange={onChange}
          isWhole={shape.isWhole}
          isDuration={shape.isDuration}
        />
      );
    case "flag":
      return <FlagField label={label} value={value ?? schema.default ?? false} onChange={onChange} />;
    case "choice":
      return (
        <ChoiceField
          label={label}
          options={shape.options}
          value={value ?? schema.default}
          onChange={onChange}
        />
      );
    case "list":
      return <ListField {...props} label={label} items={shape.items} />;
    case "table":
      return <TableField {...props} label={label} values={shape.values} />;
    case "fields":
      return (
        <FieldGroup
          schema={schema}
          root={root}
          steps={steps}
          value={value}
          isRaw={isRaw}
          onChange={onChange}
        />
      );
    case "variants":
      return <VariantField {...props} label={label} variants={shape.variants} by={shape.by} />;
    case "workflow":
      return <WorkflowField label={label} value={value} onChange={onChange} />;
    case "people":
      return <PeopleField label={label} steps={steps} value={value} onChange={onChange} />;
    case "graph":
      return <GraphField value={value} />;
    case "schema":
      return <SchemaEditor label={label} value={value} onChange={onChange} />;
    default:
      return <AnyField {...props} label={label} faults={faults} />;
  }
}

interface GroupProps {
  schema: Schema;
  root: Schema;
  steps: Steps;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  isRaw?: boolean;
  rawFields?: readonly string[];
  /** A field that something else sets, as the choice of a variant. */
  without?: string;
}

/** The fields of an object, one below the other. */
export function FieldGroup({ schema, root, steps, value, onChange, isRaw, rawFields, without }: GroupProps) {
  const object = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const required = schema.required ?? [];
  const change = (name: string, next: Json | undefined) => {
    const { [name]: before, ...others } = object;
    if (next !== undefined)
      onChange(name in object ? { ...object, [name]: next } : { ...others, [name]: next });
    else if (before !== undefined) onChange(others);
  };
  return (
    <div className="form-fields">
      {Object.entries(schema.properties ?? {})
        .filter(([name]) => name !== without)
        .map(([name, field]) => (
          <SchemaField
            key={name}
            name={name}
            schema={field}
            root={root}
            steps={[...steps, name]}
            value={object[name]}
            isRequired={required.includes(name)}
            isRaw={isRaw === true || rawFields?.includes(name) === true}
            onChange={(next) => change(name, next)}
          />
        ))}
    </div>
  );
}

/** Whether the field can show the value; what it cannot show it must not replace by what is typed. */
function suits(value: Json | undefined, { kind }: Shape): boolean {
  if (value === undefined || value === null) return true;
  switch (kind) {
    case "text":
    case "expression":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "people":
      return Array.isArray(value) && value.every((each) => typeof each === "string");
    case "table":
    case "fields":
      return isObject(value);
    default:
      return true;
  }
}

/** Left out, it is nothing; a field with a usual value is not told to be optional. */
function isEmptyUsual({ default: usual }: Schema): boolean {
  return usual === undefined || usual === null || usual === "";
}

function hintOf(schema: Schema): string {
  return typeof schema.default === "string" && schema.default ? schema.default : "text, {{ expression }}";
}

function startOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? "" : JSON.stringify(value);
}

/** Back from an expression: the fixed value in it if it is one, else what the field begins with. */
function valueAfter(source: string, schema: Schema, root: Schema, shape: Shape): Json {
  try {
    const value = JSON.parse(source) as Json;
    if (shape.kind === "number" && typeof value === "number") return value;
    if (shape.kind === "flag" && typeof value === "boolean") return value;
    if (shape.kind === "list" && Array.isArray(value)) return value;
  } catch {
    // Most expressions are no JSON.
  }
  return (
    defaultOf({ ...schema, anyOf: schema.anyOf?.filter(({ type }) => type !== "null") ?? [] }, root) ?? ""
  );
}
