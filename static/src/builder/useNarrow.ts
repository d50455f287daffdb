/** Whether the window is a phone's: one looks and fills in forms there, and does not drag nodes. */

import { useSyncExternalStore } from "react";

const QUERY = "(width < 48rem)";

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(QUERY);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(QUERY).matches,
  );
}
