/** A value that is one of several kinds: which one, and below the fields of that kind. */

import type { Json } from "../../canvas/graph";
import { defaultOf } from "../model/defaults";
import { FieldGroup, type FieldProps, SchemaField } from "./SchemaField";
import { type Variant, variantFor } from "./shape";

export function VariantField(props: FieldProps & { label: string; variants: Variant[]; by: string }) {
  const { label, variants, by, root, steps, value, schema, onChange } = props;
  const index = variantFor(value ?? schema.default, variants, by);
  const chosen = variants[index];
  const choose = (next: Variant | undefined) => {
    if (next) onChange("only" in next ? next.only : startOf(next, root));
  };
  return (
    <div className="any-field">
      <select
        className="select select-sm w-full"
        aria-label={by ? label || "Kind" : label}
        value={index}
        onChange={(event) => choose(variants[Number(event.target.value)])}
      >
        {variants.map((variant, number) => (
          <option key={variant.label} value={number}>
            {variant.label}
          </option>
        ))}
      </select>
      {chosen && !("only" in chosen) && (
        <Inside {...props} variant={chosen} value={value} steps={steps} root={root} by={by} />
      )}
    </div>
  );
}

function Inside({ variant, by, ...props }: FieldProps & { variant: Variant; by: string; label: string }) {
  const { schema } = variant;
  if (schema.type === "object" && schema.properties)
    return (
      <FieldGroup
        schema={schema}
        root={props.root}
        steps={props.steps}
        value={props.value}
        without={by}
        isRaw={props.isRaw === true}
        onChange={props.onChange}
      />
    );
  return <SchemaField {...props} schema={schema} isRequired label={variant.label} />;
}

function startOf({ schema }: Variant, root: FieldProps["root"]): Json {
  return defaultOf(schema, root) ?? "";
}
