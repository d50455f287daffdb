import { beforeEach, describe, expect, it } from "vitest";
import { el } from "../page/dom";
import { followRuns } from "./following";

class Socket {
  static made: Socket[] = [];
  sent: string[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;
  constructor(readonly url: string) {
    Socket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.onclose({ code: 1000 });
  }
}

const open = (url: string) => new Socket(url) as unknown as WebSocket;

const shown = (id: string) => el("div", { id, "data-run-changes": "" });

beforeEach(() => {
  Socket.made = [];
  const one = el("div", { "data-follow-run": "a", "data-after": "7" }, shown("one"));
  document.body.replaceChildren(one, el("div", { "data-follow-run": "b" }, shown("two")));
});

describe("pages of strategies", () => {
  it("ask for what they do not know yet, each its own run", () => {
    followRuns(document, open);
    for (const socket of Socket.made) socket.onopen();
    expect(Socket.made.map((socket) => socket.sent)).toEqual([
      ['{"subscribe":{"execution":"a","after":7}}'],
      ['{"subscribe":{"execution":"b","after":0}}'],
    ]);
  });

  it("tell only what shows the run that went on, and go on behind its last event", () => {
    followRuns(document, open);
    const heard: string[] = [];
    for (const id of ["one", "two"])
      document.getElementById(id)?.addEventListener("run:changed", () => heard.push(id));
    const [first] = Socket.made;
    first?.onmessage({ data: '{"execution":"a","events":[{"seq":8},{"seq":9}]}' });
    expect(heard).toEqual(["one"]);
    first?.onopen();
    expect(first?.sent.at(-1)).toBe('{"subscribe":{"execution":"a","after":9}}');
  });
});
