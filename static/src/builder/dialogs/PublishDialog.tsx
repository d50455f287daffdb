/** Makes the draft the current version, with a note; and leads to starting a run of it, if wanted. */

import { useState } from "react";
import { Icon } from "../../canvas/Icon";
import { counted, isError } from "../../editor/problems";
import { useBench } from "../bench";
import { Modal } from "./Modal";

interface Props {
  note: string;
  publish: (note: string, thenRun: boolean) => Promise<void>;
  onClose: () => void;
}

export function PublishDialog({ note, publish, onClose }: Props) {
  const { allFindings } = useBench();
  const [typed, setTyped] = useState(note);
  const [isBusy, setBusy] = useState(false);
  const errors = allFindings.filter(isError);
  const act = async (thenRun: boolean) => {
    setBusy(true);
    await publish(typed, thenRun);
    onClose();
  };
  return (
    <Modal title="Publish" onClose={onClose}>
      <p className="mt-1 text-muted">
        The draft is saved and becomes the current version. New runs use it; runs under way keep theirs.
      </p>
      {errors.length > 0 && (
        <p className="note tone-waiting mt-3">
          <Icon name="triangle-alert" />
          <span>{counted(errors)} must be put right first: see the list below the canvas.</span>
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act(false);
        }}
      >
        <label className="field-label mt-4" htmlFor="publish-note">
          What changed <span className="font-normal text-muted">(optional)</span>
        </label>
        <input
          id="publish-note"
          className="input w-full"
          maxLength={500}
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <button type="button" className="btn btn-sm btn-line" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className="btn btn-sm btn-line"
            disabled={isBusy}
            onClick={() => void act(true)}
          >
            <Icon name="play" /> Publish and run
          </button>
          <button type="submit" className="btn btn-sm btn-primary" disabled={isBusy}>
            Publish
          </button>
        </div>
      </form>
    </Modal>
  );
}
