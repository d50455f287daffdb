/** Another workflow, found by its name. */

import { useEffect, useId, useState } from "react";
import { isObject, type Json, textOf } from "../../canvas/graph";
import { callApi } from "../../page/http";
import { useBench } from "../bench";

interface Found {
  id: string;
  name: string;
}

const CALM_MS = 250;

export function WorkflowField(props: {
  label: string;
  value: Json | undefined;
  onChange: (id: string) => void;
}) {
  const { label, value, onChange } = props;
  const { settings } = useBench();
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<Found[]>([]);
  const [name, setName] = useState("");
  const list = useId();
  const id = textOf(value);

  useEffect(() => {
    if (!/^[0-9a-f-]{36}$/i.test(id)) return;
    const stop = new AbortController();
    callApi("GET", `${settings.urls.workflows}${id}/`, undefined, stop.signal).then(
      (answer) => setName(isObject(answer) ? textOf(answer.name) : ""),
      () => stop.signal.aborted || setName("a workflow that you may not see"),
    );
    return () => stop.abort();
  }, [id, settings]);

  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const url = `${settings.urls.workflows}?page_size=20&search=${encodeURIComponent(typed)}`;
      callApi("GET", url, undefined, stop.signal).then(
        (answer) =>
          setFound(
            isObject(answer) && Array.isArray(answer.results) ? (answer.results as unknown as Found[]) : [],
          ),
        () => undefined,
      );
    }, CALM_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [typed, settings]);

  const shown = found.filter((each) => each.id !== settings.workflow);
  return (
    <div>
      <p className="mb-1 text-[0.8125rem]">
        {id ? <strong className="font-medium">{name || id}</strong> : "None chosen yet."}
      </p>
      <input
        type="search"
        className="input input-sm w-full"
        aria-label={`${label}: search by name`}
        aria-controls={list}
        placeholder="Search workflows"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul id={list} className="pick-list">
        {shown.map((each) => (
          <li key={each.id}>
            <button type="button" aria-pressed={each.id === id} onClick={() => onChange(each.id)}>
              {each.name}
            </button>
          </li>
        ))}
        {shown.length === 0 && <li className="px-2 py-1 text-muted">No workflow of that name.</li>}
      </ul>
    </div>
  );
}
