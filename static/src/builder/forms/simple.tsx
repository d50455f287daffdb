/** Fields for one plain value: numbers, lengths of time, choices, yes or no. */

import { useState } from "react";
import type { Json } from "../../canvas/graph";
import type { Schema } from "../../canvas/kinds";
import { wordOf } from "./shape";

interface Props {
  label: string;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
}

export function FlagField({ label, value, onChange }: Props) {
  return (
    <label className="form-flag">
      <input
        type="checkbox"
        className="checkbox checkbox-sm"
        aria-label={label}
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{value === true ? "Yes" : "No"}</span>
    </label>
  );
}

export function ChoiceField({ label, options, value, onChange }: Props & { options: Json[] }) {
  const index = options.findIndex((option) => option === value);
  return (
    <select
      className="select select-sm w-full"
      aria-label={label}
      value={index}
      onChange={(event) => onChange(options[Number(event.target.value)])}
    >
      {index < 0 && <option value={-1}>{value === undefined ? "Choose…" : JSON.stringify(value)}</option>}
      {options.map((option, number) => (
        <option key={JSON.stringify(option)} value={number}>
          {wordOf(option)}
        </option>
      ))}
    </select>
  );
}

const UNITS: [string, number][] = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
  ["seconds", 1],
];

/** The largest unit in which the number is whole: 5400 is 90 minutes. */
export function unitFor(seconds: number): [string, number] {
  return (seconds > 0 ? UNITS.find(([, size]) => seconds % size === 0) : undefined) ?? ["seconds", 1];
}

interface NumberProps extends Props {
  schema: Schema;
  isWhole: boolean;
  isDuration: boolean;
}

export function NumberField({ label, schema, value, onChange, isWhole, isDuration }: NumberProps) {
  const number = typeof value === "number" ? value : undefined;
  const [unit, setUnit] = useState<[string, number]>(() => (isDuration ? unitFor(number ?? 0) : ["", 1]));
  const fallback = typeof schema.default === "number" ? String(schema.default / unit[1]) : "";
  const change = (text: string) => {
    const next = Number(text);
    if (text === "") onChange(undefined);
    else if (Number.isFinite(next)) onChange(next * unit[1]);
  };
  const changeUnit = (name: string) => {
    const next = UNITS.find(([each]) => each === name) ?? unit;
    setUnit(next);
    if (number !== undefined) onChange((number / unit[1]) * next[1]);
  };
  return (
    <div className="flex gap-2">
      <input
        type="number"
        className="input input-sm w-full min-w-0"
        aria-label={label}
        placeholder={fallback}
        step={isWhole ? 1 : "any"}
        min={schema.minimum ?? schema.exclusiveMinimum}
        value={number === undefined ? "" : number / unit[1]}
        onChange={(event) => change(event.target.value)}
      />
      {isDuration && (
        <select
          className="select select-sm w-32 shrink-0"
          aria-label={`${label}: unit`}
          value={unit[0]}
          onChange={(event) => changeUnit(event.target.value)}
        >
          {UNITS.map(([name]) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </div>
  );
}
