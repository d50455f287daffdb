/** An icon of the sprite, as the template tag `icon` draws it. */

export function Icon({ name, className = "" }: { name: string; className?: string }) {
  const sprite = document.documentElement.dataset.icons ?? "";
  return (
    <svg className={`icon ${className}`.trim()} aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
