/** The browser's recorder, with what it lacks: a time without pauses, a level, and errors that say what to do. */

export type Refusal = "unsupported" | "refused" | "missing" | "busy";

export class CannotRecord extends Error {
  constructor(readonly why: Refusal) {
    super(why);
  }
}

export interface Listener {
  /** Every few seconds, and once more at the end. */
  part(data: Blob, number: number, seconds: number): void;
  ended(seconds: number): void;
}

const PART = 3_000;
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const BITS_PER_SECOND = 32_000;

/** Time that passes only while it runs. */
export class Stopwatch {
  private before = 0;
  private since: number | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  run(): void {
    this.since ??= this.now();
  }

  rest(): void {
    this.before = this.seconds * 1000;
    this.since = null;
  }

  get seconds(): number {
    return (this.before + (this.since === null ? 0 : this.now() - this.since)) / 1000;
  }
}

export class Recorder {
  private readonly watch = new Stopwatch();
  private readonly meter: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;
  private parts = 0;

  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
    private readonly context: AudioContext,
    listener: Listener,
  ) {
    this.meter = context.createAnalyser();
    this.meter.fftSize = 1024;
    this.samples = new Float32Array(this.meter.fftSize);
    context.createMediaStreamSource(stream).connect(this.meter);
    recorder.addEventListener("dataavailable", ({ data }) => {
      if (data.size) listener.part(data, this.parts++, this.seconds);
    });
    recorder.addEventListener("stop", () => {
      const { seconds } = this;
      this.release();
      listener.ended(seconds);
    });
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop()); // unplugged
  }

  /** Asks for the microphone. Throws CannotRecord. */
  static async start(listener: Listener): Promise<Recorder> {
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices || !("MediaRecorder" in globalThis)) throw new CannotRecord("unsupported");
    const stream = await microphone(devices);
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const options = { audioBitsPerSecond: BITS_PER_SECOND, ...(mimeType ? { mimeType } : {}) };
    const made = new Recorder(stream, new MediaRecorder(stream, options), new AudioContext(), listener);
    made.recorder.start(PART);
    made.watch.run();
    return made;
  }

  get seconds(): number {
    return this.watch.seconds;
  }

  get isPaused(): boolean {
    return this.recorder.state === "paused";
  }

  get type(): string {
    return this.recorder.mimeType;
  }

  /** How loud it is, from 0 to 1. */
  get level(): number {
    this.meter.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.min(1, Math.sqrt(sum / this.samples.length) * 4);
  }

  pause(): void {
    if (this.recorder.state !== "recording") return;
    this.recorder.pause();
    this.watch.rest();
  }

  resume(): void {
    if (this.recorder.state !== "paused") return;
    this.recorder.resume();
    this.watch.run();
  }

  stop(): void {
    if (this.recorder.state === "inactive") return;
    this.watch.rest();
    this.recorder.stop();
  }

  private release(): void {
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close();
  }
}

async function microphone(devices: MediaDevices): Promise<MediaStream> {
  try {
    return await devices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch (error) {
    throw new CannotRecord(refusal(error instanceof Error ? error.name : ""));
  }
}

export function refusal(name: string): Refusal {
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "unsupported";
}

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
