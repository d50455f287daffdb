/** What was typed and is not confirmed yet, in the browser's vault: the latest of each answer and form. */

import type { Vault } from "../kept/vault";
import { debounce } from "../page/dom";
import type { Text } from "./saver";

export interface Draft extends Text {
  /** Of the answer that it was typed over. */
  revision: number;
}

export class Drafts {
  private readonly latest = new Map<string, unknown>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly vault: Vault | null) {}

  /** Keep it. Only the latest is written, and a later `drop` is never overtaken. */
  keep(name: string, value: unknown): void {
    this.latest.set(name, value);
    this.then(async () => {
      if (this.latest.get(name) === value) await this.vault?.put(name, value);
    });
  }

  drop(name: string): void {
    this.latest.delete(name);
    this.then(() => this.vault?.drop(name));
  }

  async find(name: string): Promise<unknown> {
    await this.queue;
    return (await this.vault?.get(name)) ?? null;
  }

  private then(act: () => unknown): void {
    this.queue = this.queue.then(act, act);
  }
}

interface KeptForm {
  fields: [string, string][];
  revision: number;
  sent: boolean;
}

/** Forms with `data-keep="name"`: what is filled in and not sent, or sent and never arrived. */
export function keepForm(form: HTMLFormElement, drafts: Drafts, revision: number): Promise<boolean> {
  const name = `form:${form.dataset.keep ?? ""}`;
  const keep = (sent: boolean) => drafts.keep(name, { fields: fieldsOf(form), revision, sent });
  form.addEventListener(
    "input",
    debounce(150, () => keep(false)),
  );
  form.addEventListener("submit", () => keep(true));
  return restore(form, drafts, name, revision);
}

async function restore(
  form: HTMLFormElement,
  drafts: Drafts,
  name: string,
  revision: number,
): Promise<boolean> {
  const kept = (await drafts.find(name)) as KeptForm | null;
  if (!kept) return false;
  const arrived = kept.sent && revision > kept.revision;
  if (arrived || same(kept.fields, fieldsOf(form))) {
    drafts.drop(name);
    return false;
  }
  fill(form, kept.fields);
  return true;
}

function fieldsOf(form: HTMLFormElement): [string, string][] {
  const entries = [...new FormData(form)].filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return entries.filter(([name]) => !HIDDEN.has(name));
}

const HIDDEN = new Set(["csrfmiddlewaretoken", "revision", "on"]);

function fill(form: HTMLFormElement, fields: [string, string][]): void {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type))
      field.checked = fields.some(([name, value]) => name === field.name && value === field.value);
    else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      const found = fields.find(([name]) => name === field.name);
      if (found && field.type !== "hidden") field.value = found[1];
    }
  }
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
