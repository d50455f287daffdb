/** The chart of a test session, where what the algorithm saw is looked at and reviewed. */

import { BarStore } from "../candles/bars";
import { readDetections } from "../candles/data";
import type { About } from "../candles/about";
import { SessionPage } from "../candles/page";

const root = document.querySelector<HTMLElement>("[data-session-page]");
const data = document.querySelector("#session-data");

if (root && data) void open(root, JSON.parse(data.textContent) as About);

async function open(host: HTMLElement, about: About): Promise<void> {
  try {
    const { span, ...columns } = (await (await load(about.detections)).json()) as Columns;
    const range = { first: about.firstBar, last: about.lastBar };
    const bars = new BarStore(range, async (first, last) =>
      (await load(`${about.bars}?first=${first}&last=${last}`)).arrayBuffer(),
    );
    new SessionPage(host, about, bars, readDetections(columns), span);
  } catch (error) {
    const says = host.querySelector("[data-says]");
    if (says) says.textContent = "What was detected could not be loaded. Load the page again.";
    throw error;
  }
}

type Columns = Record<string, unknown[]> & { span: [number, number] };

async function load(url: string): Promise<Response> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  return answer;
}
