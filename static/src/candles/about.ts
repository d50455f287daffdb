/** What the server says of a session on its page. */

import type { Item } from "./cart";

export interface About {
  firstBar: number;
  lastBar: number;
  stepSeconds: number;
  kinds: string[];
  isOpen: boolean;
  mayWork: boolean;
  bars: string;
  detections: string;
  api: string;
  person: string;
  feedback: string;
  cart: Item[];
  elsewhere: number;
  counts: { detections: number; reviewed: number; right: number; missed: number };
}
