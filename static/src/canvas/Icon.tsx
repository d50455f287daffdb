/** An icon of the sprite, as the template tag `icon` draws it. */

import { iconHref } from "../page/sprite";

export function Icon({ name, className = "" }: { name: string; className?: string }) {
  return (
    <svg className={`icon ${className}`.trim()} aria-hidden="true">
      <use href={iconHref(name)} />
    </svg>
  );
}
