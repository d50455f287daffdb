/** Has the server look at the draft a moment after each change; answers about earlier ones are dropped. */

import { useEffect, useState } from "react";
import type { Graph } from "../canvas/graph";
import type { Draft } from "../editor/saving";
import type { Finding } from "./model/findings";

const CALM_MS = 300;

interface Validation {
  findings: readonly Finding[];
  /** What they are about. */
  of: Graph | null;
}

export function useValidation(draft: Draft, root: Graph): Validation & { isStale: boolean } {
  const [known, setKnown] = useState<Validation>({ findings: [], of: null });
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      draft.validate(root, stop.signal).then(
        (findings) => setKnown({ findings, of: root }),
        () => undefined, // Out of reach: the state of saving says so, and what was known stays.
      );
    }, CALM_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [draft, root]);
  return { ...known, isStale: known.of !== root };
}
