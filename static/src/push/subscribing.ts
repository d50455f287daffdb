/** Asking the browser to take notifications, and telling the server of it. */

import { callApi } from "../page/http";

export interface Browser {
  id: string;
  browser: string;
  endpoint: string;
  created_at: string;
}

interface Known {
  public_key: string;
  results: Browser[];
}

const LIST = "/api/v1/me/push-subscriptions/";
const WORKER = "/service-worker.js";

/** What stands in the way, in words; empty where the browser can. */
export function hindrance(): string {
  if (!window.isSecureContext) return "The browser shows notifications only for pages opened by https.";
  if (!("serviceWorker" in navigator) || !("PushManager" in window))
    return "This browser cannot take notifications.";
  if (Notification.permission === "denied")
    return "You told this browser not to show notifications of this site. Allow them in its settings first.";
  return "";
}

export async function known(): Promise<Known> {
  return (await callApi("GET", LIST)) as Known;
}

/** Ask, and remember. Throws with a sentence if the person or the browser says no. */
export async function subscribe(publicKey: string): Promise<Browser> {
  if ((await Notification.requestPermission()) !== "granted")
    throw new Error("The browser was not allowed to show notifications.");
  const registration = await navigator.serviceWorker.register(WORKER, { scope: "/" });
  await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  if (before && !sameKey(before, publicKey)) await before.unsubscribe();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(publicKey),
  });
  return (await callApi("POST", LIST, {
    ...subscription.toJSON(),
    browser: nameOf(navigator.userAgent),
  })) as Browser;
}

export async function forget(browser: Browser): Promise<void> {
  await callApi("DELETE", `${LIST}${browser.id}/`);
  if ((await ownEndpoint()) === browser.endpoint) {
    const registration = await navigator.serviceWorker.getRegistration("/");
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  }
}

/** How the push service addresses this browser, if it is subscribed. */
export async function ownEndpoint(): Promise<string> {
  if (hindrance() !== "") return "";
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription())?.endpoint ?? "";
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function sameKey(subscription: PushSubscription, publicKey: string): boolean {
  const key = subscription.options.applicationServerKey;
  if (!key) return false;
  const there = new Uint8Array(key);
  const here = bytesOf(publicKey);
  return there.length === here.length && there.every((byte, at) => byte === here[at]);
}

/** “Firefox on Linux”: enough to tell one's browsers apart. */
export function nameOf(agent: string): string {
  const browser = /Edg|OPR|Firefox|Chrome|Safari/.exec(agent)?.[0] ?? "Browser";
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(agent)?.[0] ?? "";
  const called = { Edg: "Edge", OPR: "Opera", "Mac OS": "macOS" }[browser] ?? browser;
  return system ? `${called} on ${system === "Mac OS" ? "macOS" : system}` : called;
}
