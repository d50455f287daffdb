/** The graph view of a process version, in the admin. */

import { ReactFlowProvider } from "@xyflow/react";
import { createRoot } from "react-dom/client";
import { ApiError, callApi } from "../page/http";
import { bringIcons } from "../page/sprite";
import { GraphView } from "../process-graph/GraphView";
import type { Graph, Settings } from "../process-graph/model";
import { type Answer, Store } from "../process-graph/store";

/** Somebody who is logged out meanwhile is led to the log-in page, which is no JSON. */
function told(answer: unknown): object {
  if (typeof answer === "object" && answer !== null) return answer;
  const detail = "You are logged out. Log in in another tab, then do it again.";
  throw new ApiError({ status: 0, code: "logged_out", detail });
}

function start(host: HTMLElement, settings: Settings): void {
  document.documentElement.dataset.icons = settings.icons;
  const { urls } = settings;
  const store = new Store(settings.graph, {
    send: async (revision, changes) =>
      told(await callApi("POST", urls.changes, { revision, changes })) as Answer,
    load: async () => told(await callApi("GET", urls.state)) as Graph,
  });
  void bringIcons().then(() => {
    createRoot(host).render(
      <ReactFlowProvider>
        <GraphView settings={settings} store={store} />
      </ReactFlowProvider>,
    );
  });
}

const host = document.getElementById("process-graph");
const settings = document.getElementById("process-graph-settings");
if (host && settings) start(host, JSON.parse(settings.textContent) as Settings);
