/** What the server has not confirmed yet, kept in this browser: sealed, for one person, and not for long.
 *
 * The key comes with the page, and the server gives it to the person alone. What lies on the disk of a shared
 * machine is therefore unreadable for whoever comes next. It is wiped at log-out, when somebody else is
 * logged in, and after three days. Without Web Crypto (plain http) nothing is kept.
 */

export const PREFIX = "kept:";
export const LIFETIME = 3 * 86_400_000;

interface Stored {
  at: number;
  iv: string;
  data: string;
}

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export class Vault {
  private constructor(
    private readonly key: CryptoKey,
    /** The person and the session; the beginning of every name. */
    readonly owner: string,
    private readonly store: Storage,
  ) {}

  /** From the element that the page brings; null without one, and where the browser cannot seal. */
  static async open(root: ParentNode = document, store: Storage = localStorage): Promise<Vault | null> {
    const told = root.querySelector<HTMLElement>("[data-vault]")?.dataset;
    const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
    if (!told?.vault || !told.key || !subtle) return null;
    try {
      const key = await subtle.importKey("raw", decoded(told.key), "AES-GCM", false, ["encrypt", "decrypt"]);
      return new Vault(key, told.vault, store);
    } catch {
      return null;
    }
  }

  async seal(data: Uint8Array<ArrayBuffer>): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, data) };
  }

  /** Null for what was sealed with another key, or spoilt. */
  async unseal({ iv, data }: Sealed): Promise<ArrayBuffer | null> {
    try {
      return await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, new Uint8Array(data));
    } catch {
      return null;
    }
  }

  /** Whether it is kept: storage may be full or forbidden. */
  async put(name: string, value: unknown): Promise<boolean> {
    const sealed = await this.seal(new TextEncoder().encode(JSON.stringify(value)));
    const stored: Stored = {
      at: Date.now(),
      iv: encoded(sealed.iv),
      data: encoded(new Uint8Array(sealed.data)),
    };
    try {
      this.store.setItem(this.name(name), JSON.stringify(stored));
      return true;
    } catch {
      return false;
    }
  }

  async get(name: string): Promise<unknown> {
    const stored = read(this.store, this.name(name));
    if (!stored) return null;
    const opened = await this.unseal({ iv: decoded(stored.iv), data: decoded(stored.data).buffer });
    if (!opened) {
      this.drop(name);
      return null;
    }
    return JSON.parse(new TextDecoder().decode(opened)) as unknown;
  }

  drop(name: string): void {
    this.store.removeItem(this.name(name));
  }

  private name(name: string): string {
    return `${PREFIX}${this.owner}:${name}`;
  }
}

/** Forget what is too old, and what is another person's than the one who is logged in. */
export function prune(store: Storage, person: string | undefined, now = Date.now()): void {
  for (const name of names(store)) {
    const stored = read(store, name);
    const isTheirs = person !== undefined && !name.startsWith(`${PREFIX}${person}:`);
    if (!stored || isTheirs || now - stored.at > LIFETIME) store.removeItem(name);
  }
}

export function names(store: Storage): string[] {
  return Object.keys(store).filter((name) => name.startsWith(PREFIX));
}

function read(store: Storage, name: string): Stored | null {
  try {
    const stored = JSON.parse(store.getItem(name) ?? "null") as Partial<Stored> | null;
    const known = stored && typeof stored.at === "number" && typeof stored.iv === "string";
    return known && typeof stored.data === "string" ? (stored as Stored) : null;
  } catch {
    return null;
  }
}

function encoded(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
