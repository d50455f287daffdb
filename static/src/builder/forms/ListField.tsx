/** A list: its items one below the other, to add, move and remove. */

import { Icon } from "../../canvas/Icon";
import type { Json } from "../../canvas/graph";
import type { Schema } from "../../canvas/kinds";
import { defaultOf, resolve } from "../model/defaults";
import { type FieldProps, SchemaField } from "./SchemaField";
import { shapeOf } from "./shape";

export function ListField(props: FieldProps & { label: string; items: Schema }) {
  const { label, items, root, steps, value, onChange, name } = props;
  const list = Array.isArray(value) ? value : [];
  const word = itemWord(name, label);
  const isCompound = ["fields", "variants"].includes(shapeOf(items, root).kind);
  const move = (from: number, to: number) => {
    const next = [...list];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  const set = (index: number, next: Json | undefined) =>
    onChange(list.map((each, number) => (number === index ? (next ?? null) : each)));
  return (
    <div className="list-field">
      {list.map((item, index) => (
        <div key={index} className={isCompound ? "item-row is-compound" : "item-row"}>
          <div className="min-w-0 flex-1">
            <SchemaField
              name=""
              label={`${word} ${index + 1}`}
              schema={items}
              root={root}
              steps={[...steps, index]}
              value={item}
              isRequired
              isRaw={props.isRaw === true}
              onChange={(next) => set(index, next ?? emptied(items, root))}
            />
          </div>
          <div className="list-tools">
            <Tool
              label={`Move ${word} ${index + 1} up`}
              icon="chevron-down"
              flip
              disabled={index === 0}
              act={() => move(index, index - 1)}
            />
            <Tool
              label={`Move ${word} ${index + 1} down`}
              icon="chevron-down"
              disabled={index === list.length - 1}
              act={() => move(index, index + 1)}
            />
            <Tool
              label={`Remove ${word} ${index + 1}`}
              icon="x"
              act={() => onChange(list.filter((_each, number) => number !== index))}
            />
          </div>
        </div>
      ))}
      <button
        type="button"
        className="btn btn-xs btn-line self-start"
        onClick={() => onChange([...list, defaultOf(items, root)])}
      >
        <Icon name="plus" /> Add {word.toLowerCase()}
      </button>
    </div>
  );
}

function Tool(props: { label: string; icon: string; act: () => void; disabled?: boolean; flip?: boolean }) {
  return (
    <button
      type="button"
      className="row-tool"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled ?? false}
      onClick={props.act}
    >
      <Icon name={props.icon} className={props.flip ? "rotate-180" : ""} />
    </button>
  );
}

function emptied(items: Schema, root: Schema): Json {
  return resolve(items, root).type === "string" ? "" : null;
}

/** "Rules" → "Rule". */
function itemWord(name: string, label: string): string {
  if (name === "any_of") return "Option";
  return label.length > 3 && label.endsWith("s") ? label.slice(0, -1) : "Item";
}
