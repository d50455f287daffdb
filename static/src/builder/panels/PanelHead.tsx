/** The top line of the side panel. */

import { Icon } from "../../canvas/Icon";
import { NOTHING } from "../../canvas/convert";
import { useBench } from "../bench";

export function PanelHead({ icon, title }: { icon: string; title: string }) {
  const { store } = useBench();
  return (
    <div className="panel-head">
      <Icon name={icon} className="text-primary" />
      <h2>{title}</h2>
      <button
        type="button"
        className="row-tool"
        aria-label="Close the panel"
        onClick={() => store.select(NOTHING)}
      >
        <Icon name="x" />
      </button>
    </div>
  );
}
