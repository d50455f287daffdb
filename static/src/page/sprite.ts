/** The icons inside the document. A picture that draws hundreds of them from a file of its own makes the
 * browser ask for that file, and build all of them anew, whenever one is added.
 */

const PREFIX = "icon-";
let inside = false;

/** The address of an icon, for `<use>`. */
export function iconHref(name: string): string {
  return inside ? `#${PREFIX}${name}` : `${document.documentElement.dataset.icons ?? ""}#${name}`;
}

/** Takes the file's symbols into the document. Where that fails, icons go on coming from the file. */
export async function bringIcons(): Promise<void> {
  const url = document.documentElement.dataset.icons;
  if (inside || !url) return;
  try {
    const answer = await fetch(url);
    const sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
    if (!answer.ok || sprite.nodeName !== "svg") return;
    for (const symbol of sprite.querySelectorAll("symbol")) symbol.id = PREFIX + symbol.id;
    sprite.setAttribute("hidden", "");
    sprite.setAttribute("aria-hidden", "true");
    document.body.append(document.importNode(sprite, true));
    inside = true;
  } catch {
    // offline: the file may be there again when an icon is drawn
  }
}
