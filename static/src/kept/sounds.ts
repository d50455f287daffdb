/** Recordings that the server has not confirmed, sealed in IndexedDB part by part while they are made. */

import { LIFETIME, type Sealed, type Vault } from "./vault";

export const DATABASE = "kept-sounds";
const STORE = "parts";

/** One part of a recording. The parts of one, put together, are the file that the browser recorded. */
export interface Part {
  number: number;
  type: string;
  seconds: number;
  data: Blob;
}

interface Stored extends Sealed {
  owner: string;
  prompt: string;
  number: number;
  type: string;
  seconds: number;
  at: number;
}

export interface Found {
  sound: Blob;
  seconds: number;
}

export class Sounds {
  private constructor(
    private readonly database: IDBDatabase,
    private readonly vault: Vault,
  ) {}

  static async open(vault: Vault | null): Promise<Sounds | null> {
    if (!vault) return null;
    const database = await opened();
    return database && new Sounds(database, vault);
  }

  async keep(prompt: string, part: Part): Promise<void> {
    const sealed = await this.vault.seal(new Uint8Array(await part.data.arrayBuffer()));
    const { number, type, seconds } = part;
    const row: Stored = { ...sealed, owner: this.vault.owner, prompt, number, type, seconds, at: Date.now() };
    await done(this.store("readwrite").put(row));
  }

  /** What was kept for a prompt, put together; null for nothing, or for what can no longer be read. */
  async find(prompt: string): Promise<Found | null> {
    const rows = (await done(this.store("readonly").getAll(this.range(prompt)))) as Stored[];
    const parts: ArrayBuffer[] = [];
    for (const [at, row] of rows.entries()) {
      const part = row.number === at ? await this.vault.unseal(row) : null;
      if (!part) break; // what comes after a gap cannot be played
      parts.push(part);
    }
    const last = rows[parts.length - 1];
    return last ? { sound: new Blob(parts, { type: last.type }), seconds: last.seconds } : null;
  }

  async drop(prompt: string): Promise<void> {
    await done(this.store("readwrite").delete(this.range(prompt)));
  }

  private store(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(STORE, mode, { durability: "strict" }).objectStore(STORE);
  }

  private range(prompt: string): IDBKeyRange {
    const { owner } = this.vault;
    return IDBKeyRange.bound([owner, prompt, 0], [owner, prompt, Number.MAX_SAFE_INTEGER]);
  }
}

/** Forget what is too old, and what is another person's. */
export async function pruneSounds(person: string | undefined, now = Date.now()): Promise<void> {
  if (!(await exists())) return;
  const database = await opened();
  if (!database) return;
  const store = database.transaction(STORE, "readwrite").objectStore(STORE);
  const request = store.openCursor();
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    const { owner, at } = cursor.value as Stored;
    const isTheirs = person !== undefined && !owner.startsWith(`${person}:`);
    if (isTheirs || now - at > LIFETIME) cursor.delete();
    cursor.continue();
  };
}

export function wipeSounds(): void {
  (globalThis.indexedDB as IDBFactory | undefined)?.deleteDatabase(DATABASE);
}

async function exists(): Promise<boolean> {
  const factory = globalThis.indexedDB as IDBFactory | undefined;
  if (!factory) return false;
  try {
    return (await factory.databases()).some((each) => each.name === DATABASE);
  } catch {
    return false;
  }
}

function opened(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    const factory = globalThis.indexedDB as IDBFactory | undefined;
    if (!factory) {
      resolve(null);
      return;
    }
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore(STORE, { keyPath: ["owner", "prompt", "number"] });
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close(); // it is being wiped
      resolve(database);
    };
    request.onerror = () => resolve(null); // private windows of some browsers
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The browser could not keep it."));
  });
}
