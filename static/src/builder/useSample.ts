/** What the last run of the workflow was given and gave: to try nodes with, and to offer names from. */

import { exactly } from "../page/times";
import { useEffect, useState } from "react";
import { isObject, type Json, type JsonObject, textOf } from "../canvas/graph";
import { callApi } from "../page/http";
import type { Sample } from "./bench";
import type { Settings } from "./settings";

export function useSample({ urls, workflow, inputSchema }: Settings): Sample {
  const [sample, setSample] = useState<Sample>(() => ({
    scope: { input: defaultsOf(inputSchema), vars: {}, nodes: {} },
    outputs: {},
    from: "",
  }));
  useEffect(() => {
    const stop = new AbortController();
    lastRun(urls.executions, workflow, stop.signal).then(
      (found) => found && setSample(found),
      () => undefined, // Without a run the names come from the graph alone.
    );
    return () => stop.abort();
  }, [urls, workflow]);
  return sample;
}

async function lastRun(url: string, workflow: string, signal: AbortSignal): Promise<Sample | null> {
  const page = await callApi("GET", `${url}?workflow=${workflow}&page_size=1`, undefined, signal);
  const [latest] = isObject(page) && Array.isArray(page.results) ? page.results : [];
  if (!isObject(latest)) return null;
  const run = await callApi("GET", `${url}${textOf(latest.id)}/`, undefined, signal);
  return isObject(run) ? sampleOf(run) : null;
}

function sampleOf(run: JsonObject): Sample {
  const outputs = isObject(run.outputs) ? run.outputs : {};
  const nodes = Object.fromEntries(Object.entries(outputs).map(([id, output]) => [id, { output }]));
  const scope = { input: run.input ?? {}, vars: run.variables ?? {}, nodes };
  const at = new Date(textOf(run.created_at));
  return {
    scope,
    outputs,
    from: `the run of ${exactly(at)}`,
  };
}

function defaultsOf(schema: unknown): Json {
  if (!isObject(schema) || !isObject(schema.properties)) return {};
  const found: JsonObject = {};
  for (const [name, field] of Object.entries(schema.properties))
    if (isObject(field) && field.default !== undefined) found[name] = field.default;
  return found;
}
