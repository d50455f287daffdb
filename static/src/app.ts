/** What every page does: htmx, the theme, dialogs that ask, times that stay fresh, toasts, menus. */

import htmx from "htmx.org";
import { tendKept } from "./kept/tending";
import { watchConfirmations, watchDialogs } from "./page/dialogs";
import { watchForms } from "./page/forms";
import { watchMenus } from "./page/menus";
import { watchTabs } from "./page/tabs";
import { watchTheme } from "./page/theme";
import { watchTimes } from "./page/times";
import { watchToasts } from "./page/toasts";
import { offerZone } from "./page/zone";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.allowScriptTags = false;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "[45]..", swap: true, error: true }, // the server aims errors at the toasts
];

watchTheme();
watchConfirmations();
watchDialogs();
watchForms();
watchMenus();
watchTabs();
watchTimes();
watchToasts();
tendKept();
offerZone();
