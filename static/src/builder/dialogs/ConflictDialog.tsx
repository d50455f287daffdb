/** Somebody else has saved meanwhile: who and when, what differs, and what may be done. Nothing is lost. */

import { shortly } from "../../page/times";
import { useEffect, useState } from "react";
import { Icon } from "../../canvas/Icon";
import { type Graph, readGraph } from "../../canvas/graph";
import type { Conflict } from "../../editor/saving";
import { callApi } from "../../page/http";
import { useBench } from "../bench";
import { type Difference, differences } from "../model/comparing";
import { Modal } from "./Modal";

export type Choice = "theirs" | "copy" | "overwrite";

interface Props {
  conflict: Conflict;
  mine: Graph;
  settle: (choice: Choice) => void;
  onClose: () => void;
}

const SIGNS = { added: "+", removed: "−", changed: "~", moved: "↔" } as const;

export function ConflictDialog({ conflict, mine, settle, onClose }: Props) {
  const { settings } = useBench();
  const [theirs, setTheirs] = useState<Graph | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    callApi("GET", settings.urls.workflow, undefined, stop.signal).then(
      (answer) => setTheirs(readGraph(answer)),
      () => undefined,
    );
    return () => stop.abort();
  }, [settings]);
  const when = conflict.savedAt ? new Date(conflict.savedAt) : null;
  return (
    <Modal title="Somebody else has saved" onClose={onClose}>
      <p className="mt-1 break-words">
        <strong className="font-medium">{conflict.savedBy}</strong> has saved this workflow
        {when && ` at ${shortly(when)}`}, after you began.
      </p>
      <p className="mt-1 text-muted">Nothing is lost: yours stays in the editor until you decide.</p>
      <h3 className="mt-3 mb-1">From theirs to yours</h3>
      <Differences found={theirs && differences(theirs, mine)} />
      <div className="mt-4 flex flex-col gap-2">
        <Option icon="file-plus" word="Save mine as a copy" act={() => settle("copy")} />
        <Option icon="download" word="Take theirs (Ctrl+Z brings yours back)" act={() => settle("theirs")} />
        <Option icon="save" word="Save mine in its place" isDanger act={() => settle("overwrite")} />
      </div>
      <div className="mt-4 flex justify-end">
        <button type="button" className="btn btn-sm btn-ghost" onClick={onClose}>
          Decide later
        </button>
      </div>
    </Modal>
  );
}

function Option(props: { icon: string; word: string; act: () => void; isDanger?: boolean }) {
  return (
    <button
      type="button"
      className={`btn btn-sm justify-start ${props.isDanger ? "btn-danger" : "btn-line"}`}
      onClick={props.act}
    >
      <Icon name={props.icon} /> {props.word}
    </button>
  );
}

const MOST = 40;

function Differences({ found }: { found: Difference[] | null }) {
  if (!found) return <p className="text-muted">Looking at theirs…</p>;
  if (found.length === 0) return <p className="text-muted">No difference.</p>;
  return (
    <ul className="difference-list" tabIndex={0} aria-label="Differences">
      {found.slice(0, MOST).map(({ kind, what }, index) => (
        <li key={index} data-kind={kind}>
          <span aria-hidden="true">{SIGNS[kind]}</span> {what} <span className="text-muted">{kind}</span>
        </li>
      ))}
      {found.length > MOST && <li className="text-muted">and {found.length - MOST} more</li>}
    </ul>
  );
}
