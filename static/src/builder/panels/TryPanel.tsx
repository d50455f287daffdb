/** Does one node by itself, with sample data that one may change. */

import { useState } from "react";
import { Icon } from "../../canvas/Icon";
import { isObject, type Json, type JsonObject, type Part, textOf } from "../../canvas/graph";
import type { Kind } from "../../canvas/kinds";
import { formatJson } from "../../editor/format";
import { askFirst } from "../../page/dialogs";
import { ApiError, callApi } from "../../page/http";
import { useBench, useBuilder } from "../bench";
import { JsonText } from "../forms/JsonText";

interface Trial {
  status: "succeeded" | "failed" | "waiting" | "ended";
  effect: string;
  duration_ms: number;
  input: Json;
  output: Json;
  ports: string[];
  variables: JsonObject;
  error: { code: string; message: string } | null;
  notes: string[];
}

const LOOK = {
  succeeded: ["tone-good", "circle-check", "Succeeded"],
  ended: ["tone-good", "flag", "Ended"],
  waiting: ["tone-waiting", "hourglass", "Would wait"],
  failed: ["tone-bad", "circle-x", "Failed"],
} as const;

export function TryPanel({ node, kind }: { node: Part; kind: Kind | undefined }) {
  const { settings, sample } = useBench();
  const isInside = useBuilder(({ path }) => path.length > 0);
  const [scope, setScope] = useState<Json>(() =>
    isInside ? { item: null, index: 0, ...sample.scope } : sample.scope,
  );
  const [trial, setTrial] = useState<Trial | null>(null);
  const [fault, setFault] = useState("");
  const [isBusy, setBusy] = useState(false);

  const send = async (confirmed: boolean): Promise<void> => {
    try {
      const body = { node, scope, confirmed };
      setTrial((await callApi("POST", settings.urls.tryNode, body)) as Trial);
    } catch (error) {
      if (error instanceof ApiError && error.problem.code === "confirmation_needed" && !confirmed) {
        if (await askFirst({ text: error.message, action: "Do it once", danger: true })) await send(true);
        return;
      }
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  const run = async () => {
    setBusy(true);
    setFault("");
    setTrial(null);
    await send(false);
    setBusy(false);
  };
  return (
    <div className="form-fields">
      <p className="form-help">
        {sample.from ? `Sample data: ${sample.from}.` : "There is no run to take sample data from yet."}{" "}
        {warning(kind)}
      </p>
      <div className="form-field">
        <div className="form-label">Names that expressions see</div>
        <JsonText label="Sample data" value={scope} onChange={setScope} rows={10} />
      </div>
      <button
        type="button"
        className="btn btn-sm btn-primary self-start"
        disabled={isBusy || !isObject(scope)}
        onClick={() => void run()}
      >
        <Icon name={isBusy ? "loader-circle" : "play"} className={isBusy ? "spin" : ""} /> Try this node
      </button>
      <div aria-live="polite" className="form-fields">
        {fault && (
          <p className="note tone-bad">
            <Icon name="circle-x" />
            <span className="min-w-0 break-words">{fault}</span>
          </p>
        )}
        {trial && <Result trial={trial} />}
      </div>
    </div>
  );
}

function warning(kind: Kind | undefined): string {
  switch (kind?.effect) {
    case "pure":
      return "Nothing outside is touched.";
    case "wait":
      return "A node that waits is only described: nobody is asked, nothing is started.";
    default:
      return "This really does it: addresses are called, mails are sent. At most 10 s.";
  }
}

function Result({ trial }: { trial: Trial }) {
  const [tone, icon, word] = LOOK[trial.status];
  const hasVariables = Object.keys(trial.variables).length > 0;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        <span className={`pill ${tone}`}>
          <Icon name={icon} /> {word}
        </span>
        <span className="text-[0.8125rem] text-muted">
          {trial.duration_ms} ms{trial.ports.length > 0 && ` · leaves by ${trial.ports.join(", ")}`}
        </span>
      </p>
      {trial.error && (
        <p className="note tone-bad">
          <Icon name="circle-x" />
          <span className="min-w-0 break-words">
            {trial.error.message} <code className="font-mono text-xs">{textOf(trial.error.code)}</code>
          </span>
        </p>
      )}
      {trial.notes.map((note) => (
        <p key={note} className="text-[0.8125rem]">
          {note}
        </p>
      ))}
      {trial.output !== null && <Shown title="Output" value={trial.output} />}
      {hasVariables && <Shown title="Variables" value={trial.variables} />}
      {trial.input !== null && <Shown title="Configuration, evaluated" value={trial.input} />}
    </>
  );
}

function Shown({ title, value }: { title: string; value: Json }) {
  return (
    <div>
      <h3 className="mb-1 text-[0.8125rem]">{title}</h3>
      <pre className="code-block max-h-64 overflow-auto" tabIndex={0} aria-label={title}>
        {formatJson(value)}
      </pre>
    </div>
  );
}
