/** The chart of a test session, where what the algorithm saw is looked at and reviewed. */

import { readBars, readDetections } from "../candles/data";
import { SessionPage, type About } from "../candles/page";

const root = document.querySelector<HTMLElement>("[data-session-page]");
const data = document.querySelector("#session-data");

if (root && data) void open(root, JSON.parse(data.textContent) as About);

async function open(host: HTMLElement, about: About): Promise<void> {
  try {
    const [bars, detections] = await Promise.all([load(about.bars), load(about.detections)]);
    const columns = (await detections.json()) as Record<string, unknown[]>;
    new SessionPage(host, about, readBars(await bars.arrayBuffer(), about.firstBar), readDetections(columns));
  } catch (error) {
    const says = host.querySelector("[data-says]");
    if (says) says.textContent = "The bars could not be loaded. Load the page again.";
    throw error;
  }
}

async function load(url: string): Promise<Response> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  return answer;
}
