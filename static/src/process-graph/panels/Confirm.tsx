/** A question before something that does not come back. */

import type { ReactNode } from "react";
import { Modal } from "../../builder/dialogs/Modal";

interface Props {
  title: string;
  verb: string;
  children: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, verb, children, onConfirm, onClose }: Props) {
  return (
    <Modal title={title} onClose={onClose}>
      <p>{children}</p>
      <div className="pg-row is-end">
        <button type="button" className="pg-button" autoFocus onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="pg-button is-danger" onClick={onConfirm}>
          {verb}
        </button>
      </div>
    </Modal>
  );
}
