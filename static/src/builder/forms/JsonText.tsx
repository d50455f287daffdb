/** JSON as text; what is no JSON stays here and is not taken over. */

import { useState } from "react";
import type { Json } from "../../canvas/graph";
import { formatJson } from "../../editor/format";
import { syntaxError } from "../../editor/locate";

interface Props {
  label: string;
  value: Json;
  onChange: (value: Json) => void;
  rows?: number;
}

export function JsonText({ label, value, onChange, rows = 8 }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? formatJson(value);
  const fault = typed === null ? null : syntaxError(typed);
  const change = (next: string) => {
    setTyped(next);
    if (!syntaxError(next)) onChange(JSON.parse(next) as Json);
  };
  return (
    <div>
      <textarea
        className="textarea w-full font-mono text-xs"
        aria-label={label}
        aria-invalid={fault !== null}
        rows={rows}
        spellCheck={false}
        value={text}
        onChange={(event) => change(event.target.value)}
        onBlur={() => fault === null && setTyped(null)}
      />
      {fault && <p className="field-error">{fault.message}</p>}
    </div>
  );
}
