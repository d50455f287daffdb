/** Storing from a form: the complaints of the server stay with the field that they are about. */

import { useCallback, useState } from "react";
import type { Change } from "./changes";
import { useDesk } from "./desk";
import type { Errors, Outcome } from "./store";

interface Storing {
  errors: Errors;
  /** `fields` are those that the form sends; complaints about them are forgotten when they were stored. */
  store: (label: string, changes: Change[], fields?: readonly string[]) => Promise<Outcome>;
}

export function useStoring(): Storing {
  const { store: all } = useDesk();
  const [errors, setErrors] = useState<Errors>({});
  const store = useCallback(
    async (label: string, changes: Change[], fields: readonly string[] = []) => {
      const outcome = await all.change(label, changes, fields);
      setErrors((before) => {
        const kept = Object.entries(before).filter(([name]) => !fields.includes(name));
        return { ...Object.fromEntries(kept), ...("errors" in outcome ? outcome.errors : {}) };
      });
      return outcome;
    },
    [all],
  );
  return { errors, store };
}
