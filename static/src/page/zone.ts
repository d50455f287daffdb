/** The offer, at the first visit, to show times in the zone of the device. */

export function offerZone(root: Document = document): void {
  const form = root.querySelector<HTMLFormElement>("[data-zone-offer]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!form || !zone || zone === form.dataset.zoneOffer) return;
  const name = form.querySelector<HTMLElement>("[data-zone-name]");
  const take = form.querySelector<HTMLButtonElement>("[data-zone-take]");
  if (!name || !take) return;
  name.textContent = zone;
  take.value = zone;
  form.hidden = false;
}
