/** The top line of the panel: what is shown there, and back to the overview. */

import { Icon } from "../../canvas/Icon";

export function PanelHead({ title, onClose }: { title: string; onClose: () => void }) {
  return (
    <div className="panel-head">
      <h2>{title}</h2>
      <button type="button" className="row-tool" aria-label="Close, back to the overview" onClick={onClose}>
        <Icon name="x" />
      </button>
    </div>
  );
}
