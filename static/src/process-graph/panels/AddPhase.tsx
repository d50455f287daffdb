/** A new phase: what it is called and what it is for; prompts are written on its page. */

import { type SubmitEvent, useState } from "react";
import type { Position } from "../../canvas/graph";
import type { Change } from "../changes";
import { useDesk, useGraph } from "../desk";
import { keyFor, phaseOf } from "../model";
import { freeSpot, HEIGHT, placesOf } from "../places";
import { useStoring } from "../useStoring";
import { Labelled } from "./Field";
import { PanelHead } from "./PanelHead";

interface Props {
  /** The phase that was selected: the new one may follow it. */
  after: string | null;
  /** Where the new one stands if it follows none. */
  middle: () => Position;
  onClose: () => void;
}

export function AddPhase({ after, middle, onClose }: Props) {
  const { settings, store: all } = useDesk();
  const graph = useGraph();
  const { errors, store } = useStoring();
  const [name, setName] = useState("");
  const [typedKey, setKey] = useState<string | null>(null);
  const [kind, setKind] = useState("data_collection");
  const [purpose, setPurpose] = useState("");
  const [follows, setFollows] = useState(after !== null);
  const before = after === null ? undefined : phaseOf(graph, after);
  const key = typedKey ?? keyFor(name, new Set(graph.phases.map((phase) => phase.key)));

  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const places = placesOf(graph);
    const known = before && follows ? places.get(before.id) : undefined;
    const wished = known ? { x: known.x, y: known.y + 2 * HEIGHT } : middle();
    // Where nobody arranged anything, one place of its own would be the only one that is kept.
    const isArranged = graph.phases.some(({ place }) => place !== null);
    const place = isArranged || !graph.phases.length ? freeSpot(wished, places) : null;
    const added: Change = { do: "add_phase", values: { key, name, kind, purpose }, place };
    const outcome = await store(`Add ${name}`, [added], ["key", "name", "kind", "purpose"]);
    const made = "made" in outcome ? outcome.made[0] : null;
    if (!made) return;
    if (before && follows)
      await all.change("Add way", [{ do: "add_way", values: { source: before.id, target: made } }]);
    all.select({ kind: "phase", id: made });
    onClose();
  };
  return (
    <>
      <PanelHead title="New phase" onClose={onClose} />
      <form className="panel-body form-fields" onSubmit={(event) => void add(event)}>
        <Labelled label="Name" errors={errors.name}>
          {(ids) => (
            <input
              {...ids}
              className="pg-input"
              autoFocus
              required
              maxLength={200}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Labelled>
        <Labelled
          label="Key"
          errors={errors.key}
          help="Small letters, digits and _; conditions name its answers by it."
        >
          {(ids) => (
            <input
              {...ids}
              className="pg-input is-code"
              required
              maxLength={100}
              autoComplete="off"
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Labelled>
        <Labelled label="Kind" errors={errors.kind}>
          {(ids) => (
            <select
              {...ids}
              className="pg-input"
              value={kind}
              onChange={(event) => setKind(event.target.value)}
            >
              {settings.words.kinds.map((each) => (
                <option key={each.value} value={each.value}>
                  {each.label}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <Labelled
          label="Purpose"
          errors={errors.purpose}
          help="Why it is asked; for authors and for the agent."
        >
          {(ids) => (
            <textarea
              {...ids}
              className="pg-input"
              rows={3}
              required
              value={purpose}
              onChange={(event) => setPurpose(event.target.value)}
            />
          )}
        </Labelled>
        {before && (
          <label className="pg-tick">
            <input type="checkbox" checked={follows} onChange={(event) => setFollows(event.target.checked)} />
            With a way from “{before.name}”
          </label>
        )}
        <div className="pg-row">
          <button type="submit" className="pg-button is-primary">
            Add phase
          </button>
          <button type="button" className="pg-button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </>
  );
}
