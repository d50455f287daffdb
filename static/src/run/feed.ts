/** The live feed over a WebSocket: connects again by itself, each time from what it has already. */

export type FeedState = "connecting" | "live" | "reconnecting" | "signed-out" | "refused";

interface FeedOptions {
  /** What to subscribe to, asked anew for every connection: it holds the cursor. */
  subscription: () => unknown;
  onNews: (message: Record<string, unknown>) => void;
  onState: (state: FeedState) => void;
  open?: (url: string) => WebSocket;
}

const SIGNED_OUT = 4401;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

export class Feed {
  private socket: WebSocket | undefined;
  private pause = FIRST_PAUSE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly options: FeedOptions) {}

  start(): void {
    this.options.onState("connecting");
    this.connect();
    addEventListener("online", this.now);
    document.addEventListener("visibilitychange", this.now);
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.restart();
    });
  }

  stop(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private restart(): void {
    this.closed = false;
    this.pause = FIRST_PAUSE;
    this.connect();
  }

  /** Somebody looks, or the network is back: do not wait for the pause to end. */
  private readonly now = (): void => {
    if (this.timer === undefined || document.hidden || this.closed) return;
    clearTimeout(this.timer);
    this.connect();
  };

  private connect(): void {
    this.timer = undefined;
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/feed/`;
    const socket = (this.options.open ?? ((address) => new WebSocket(address)))(url);
    this.socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ subscribe: this.options.subscription() }));
      this.pause = FIRST_PAUSE;
      this.options.onState("live");
    };
    socket.onmessage = (event: MessageEvent<string>) => this.take(JSON.parse(event.data) as object);
    socket.onclose = (event) => this.again(event.code);
  }

  private take(message: object): void {
    const { error } = message as { error?: { code?: string } };
    if (error) {
      this.closed = true; // e.g. access was taken away: asking again would not help
      this.options.onState("refused");
      this.socket?.close();
      return;
    }
    this.options.onNews(message as Record<string, unknown>);
  }

  private again(code: number): void {
    if (this.closed) return;
    if (code === SIGNED_OUT) {
      this.closed = true;
      this.options.onState("signed-out");
      return;
    }
    this.options.onState("reconnecting");
    this.timer = setTimeout(() => this.connect(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}

const SAID: Record<FeedState, [tone: string, text: string]> = {
  connecting: ["tone-muted", "Connecting…"],
  live: ["tone-good", "Live"],
  reconnecting: ["tone-waiting", "Reconnecting…"],
  "signed-out": ["tone-bad", "You were logged out. Load the page again to log in."],
  refused: ["tone-bad", "You may no longer see this."],
};

/** Says how the connection stands, in an element marked `data-live`. */
export function sayState(element: HTMLElement | null, state: FeedState): void {
  if (!element) return;
  const [tone, text] = SAID[state];
  element.hidden = false;
  element.className = `live-state ${tone}`;
  element.dataset.live = state;
  element.textContent = text;
}
