/** Fields of the panel: what is typed is stored when one leaves the field, and stays where it is refused. */

import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useDesk } from "../desk";
import type { Choice } from "../model";

interface LabelProps {
  label: string;
  help?: string;
  errors?: readonly string[] | undefined;
}

/** The label, the field and what is wrong with it. */
export function Labelled(props: LabelProps & { children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const { label, help, errors = [], children } = props;
  const told = [help && `${id}-help`, errors.length > 0 && `${id}-errors`].filter(Boolean).join(" ");
  return (
    <div className="pg-field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-invalid": errors.length > 0,
        ...(told ? { "aria-describedby": told } : {}),
      })}
      {help && (
        <p id={`${id}-help`} className="form-help">
          {help}
        </p>
      )}
      {errors.length > 0 && (
        <p id={`${id}-errors`} className="field-error" role="alert">
          {errors.join(" ")}
        </p>
      )}
    </div>
  );
}

interface FieldIds {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby"?: string;
}

interface TextProps extends LabelProps {
  value: string;
  rows?: number;
  maxLength?: number;
  isCode?: boolean;
  onStore: (text: string) => void;
}

export function TextField({ value, rows, maxLength, isCode, onStore, ...labelled }: TextProps) {
  const { canEdit } = useDesk();
  const [typed, setTyped] = useState<string | null>(null);
  const pending = useRef<string | null>(null);
  const store = () => {
    const text = pending.current;
    pending.current = null;
    if (text !== null && text !== value) onStore(text);
  };
  const isRefused = (labelled.errors?.length ?? 0) > 0;
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (!isRefused) setTyped(null);
  }
  const leave = useRef(store);
  useEffect(() => {
    leave.current = store;
  });
  useEffect(() => () => leave.current(), []); // the panel may be gone before the field is left
  const common = {
    value: typed ?? value,
    readOnly: !canEdit,
    className: isCode ? "pg-input is-code" : "pg-input",
    ...(maxLength ? { maxLength } : {}),
    onBlur: store,
    onChange: (event: { target: { value: string } }) => {
      pending.current = event.target.value;
      setTyped(event.target.value);
    },
  };
  return (
    <Labelled {...labelled}>
      {(ids) =>
        rows ? (
          <textarea rows={rows} {...ids} {...common} />
        ) : (
          <input
            type="text"
            autoComplete="off"
            {...ids}
            {...common}
            onKeyDown={(event) => event.key === "Enter" && store()}
          />
        )
      }
    </Labelled>
  );
}

export function ChoiceField(
  props: LabelProps & { value: string; choices: readonly Choice[]; onStore: (value: string) => void },
) {
  const { value, choices, onStore, ...labelled } = props;
  const { canEdit } = useDesk();
  return (
    <Labelled {...labelled}>
      {(ids) => (
        <select
          {...ids}
          className="pg-input"
          value={value}
          disabled={!canEdit}
          onChange={(event) => onStore(event.target.value)}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

export function TickField(props: { label: string; value: boolean; onStore: (value: boolean) => void }) {
  const { canEdit } = useDesk();
  return (
    <label className="pg-tick">
      <input
        type="checkbox"
        checked={props.value}
        disabled={!canEdit}
        onChange={(event) => props.onStore(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
