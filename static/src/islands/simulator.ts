/** The simulator's choices stand open beside the way where there is room, and closed above it on a phone. */

const wide = window.matchMedia("(min-width: 60rem)");

function arrange(): void {
  for (const choices of document.querySelectorAll<HTMLDetailsElement>("[data-open-wide]")) {
    choices.open = wide.matches;
  }
}

arrange();
wide.addEventListener("change", arrange);
