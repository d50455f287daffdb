/** Sends a recording until the server has it: with progress, and again when the network is back. */

import { ApiError, csrfToken, type Problem } from "../page/http";

export interface Recorded {
  duration_seconds: number;
  transcription: "none" | "wanted" | "ready" | "failed";
  transcript: string;
  transcription_fault: string;
  answer_revision: number;
}

export type Put = (sound: Blob, onProgress: (share: number) => void) => Promise<Recorded>;

export type Sending =
  | { kind: "sending"; share: number }
  | { kind: "waiting" }
  | { kind: "refused"; message: string }
  | { kind: "kept"; recorded: Recorded };

const AGAIN = 5_000;

export class Upload {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private done: (() => void)[] = [];
  private under_way = false;
  private sound: Blob | null = null;

  constructor(
    private readonly put: Put,
    private readonly tell: (state: Sending) => void,
  ) {}

  /** Whether something is still to be sent, or was refused. */
  get pending(): boolean {
    return this.sound !== null;
  }

  start(sound: Blob): void {
    this.sound = sound;
    void this.send();
  }

  /** Try again at once. */
  flush(): void {
    clearTimeout(this.timer);
    void this.send();
  }

  forget(): void {
    clearTimeout(this.timer);
    this.sound = null;
  }

  /** Resolves when an attempt is over, be it for good or bad. */
  settle(): Promise<void> {
    if (!this.sound) return Promise.resolve();
    return new Promise((resolve) => {
      this.done.push(resolve);
      this.flush();
    });
  }

  private async send(): Promise<void> {
    const { sound } = this;
    if (this.under_way || !sound) return;
    this.under_way = true;
    this.tell({ kind: "sending", share: 0 });
    try {
      const recorded = await this.put(sound, (share) => this.tell({ kind: "sending", share }));
      if (this.sound === sound) {
        this.sound = null;
        this.tell({ kind: "kept", recorded });
      }
    } catch (error) {
      if (this.sound === sound) this.failed(error);
    } finally {
      this.under_way = false;
      for (const resolve of this.done.splice(0)) resolve();
    }
  }

  private failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    const { status, detail } = error.problem;
    if (status === 0 || status === 429 || status >= 500) {
      this.tell({ kind: "waiting" });
      this.timer = setTimeout(() => void this.send(), AGAIN);
    } else {
      this.tell({ kind: "refused", message: detail });
    }
  }
}

/** ``fetch`` tells nothing of the progress of what it sends. */
export function putSound(url: string): Put {
  return (sound, onProgress) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", url);
      request.setRequestHeader("Content-Type", sound.type || "audio/webm");
      request.setRequestHeader("X-CSRFToken", csrfToken());
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = ({ loaded, total }) => total && onProgress(loaded / total);
      request.onerror = () => reject(new ApiError({ status: 0, code: "offline", detail: "No connection." }));
      request.onload = () => {
        const body = parsed(request.responseText);
        if (request.status < 300 && body) resolve(body as unknown as Recorded);
        else reject(new ApiError({ ...problem(body), status: request.status }));
      };
      request.send(sound);
    });
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function problem(body: Record<string, unknown> | null): Problem {
  const detail = typeof body?.detail === "string" ? body.detail : "The server did not take it.";
  return { status: 0, code: "error", ...body, detail };
}
