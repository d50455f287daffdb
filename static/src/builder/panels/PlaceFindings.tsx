/** Problems of a part that no field of its form shows. */

import { Icon } from "../../canvas/Icon";
import { isError, withoutPlace } from "../../editor/problems";
import type { Finding } from "../model/findings";

export function PlaceFindings({ findings }: { findings: readonly Finding[] }) {
  const general = findings.filter(({ path }) => !path?.startsWith("data.config."));
  if (general.length === 0) return null;
  return (
    <ul className="mb-3 flex flex-col gap-2">
      {general.map((each) => (
        <li key={each.message} className={isError(each) ? "note tone-bad" : "note tone-waiting"}>
          <Icon name={isError(each) ? "circle-x" : "triangle-alert"} />
          <span className="min-w-0 break-words">{withoutPlace(each)}</span>
        </li>
      ))}
    </ul>
  );
}
