/** The inbox of approvals and the page of one: live, and by keyboard. */

import { debounce } from "../page/dom";
import { Feed } from "../run/feed";
import { watchKeys } from "../inbox/keys";

const CALM = 250;
const CHECK = 60_000; // deadlines pass and roles change without any run moving
const list = document.querySelector<HTMLElement>("[data-inbox]");
const page = document.querySelector<HTMLElement>("[data-approval-page]");

if (list ?? page) follow();
if (list) watchKeys(list);

function follow(): void {
  const look = debounce(CALM, () => document.body.dispatchEvent(new CustomEvent("approvals:changed")));
  setInterval(() => document.hidden || look(), CHECK);
  let wasCut = false;
  new Feed({
    subscription: () => ({ approvals: true }),
    onNews: look,
    onState(state) {
      if (state === "reconnecting") wasCut = true;
      if (state === "live" && wasCut) look(); // whatever happened while nobody listened
    },
  }).start();
}
