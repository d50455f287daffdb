/** Rows of tabs that are wider than a phone begin at the tab that is open, and fade where there are more. */

export function watchTabs(root: ParentNode = document): void {
  for (const row of root.querySelectorAll<HTMLElement>(".tab-row")) {
    const current = row.querySelector<HTMLElement>("[aria-current]");
    const place = () => {
      if (current)
        row.scrollLeft = startFor(current.offsetLeft - row.offsetLeft, current.offsetWidth, row.clientWidth);
      mark();
    };
    const mark = () => {
      row.dataset.more = moreIn(row).join(" ");
    };
    row.addEventListener("scroll", mark, { passive: true });
    new ResizeObserver(place).observe(row);
  }
}

/** Where a row of this width begins so that the tab stands in its middle; a browser allows no less than 0. */
export function startFor(left: number, width: number, room: number): number {
  return Math.max(0, left - (room - width) / 2);
}

function moreIn({ scrollLeft, clientWidth, scrollWidth }: HTMLElement): string[] {
  return [
    ...(scrollLeft > 1 ? ["before"] : []),
    ...(scrollLeft + clientWidth < scrollWidth - 1 ? ["after"] : []),
  ];
}
