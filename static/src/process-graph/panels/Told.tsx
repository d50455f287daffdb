/** What validation finds at one phase or way. */

import { Icon } from "../../canvas/Icon";
import { useGraph } from "../desk";
import { findingsByTarget } from "../model";

export function Told({ place }: { place: string }) {
  const findings = findingsByTarget(useGraph()).get(place) ?? [];
  if (findings.length === 0) return null;
  return (
    <ul className="told-list">
      {findings.map(({ message, forbids }) => (
        <li key={message} className={forbids ? "tone-bad" : "tone-waiting"}>
          <Icon name={forbids ? "circle-x" : "triangle-alert"} className="toned" />
          <span>{message}</span>
        </li>
      ))}
    </ul>
  );
}
