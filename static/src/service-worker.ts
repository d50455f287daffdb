/** Shows notifications while no page is open, and opens what they are about. Kept to that: it caches nothing. */

interface Shown {
  title: string;
  body: string;
  url: string;
  tag: string;
}

interface PushMessage extends Event {
  readonly data: { json(): unknown } | null;
  waitUntil(work: Promise<unknown>): void;
}

interface Click extends Event {
  readonly notification: Notification;
  waitUntil(work: Promise<unknown>): void;
}

interface Worker {
  addEventListener(type: string, listen: (event: never) => void): void;
  skipWaiting(): Promise<void>;
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { openWindow(url: string): Promise<unknown>; claim(): Promise<void> };
}

const worker = globalThis as unknown as Worker;

worker.addEventListener("install", () => void worker.skipWaiting());

worker.addEventListener("push", (event: PushMessage) => {
  const shown = event.data?.json() as Partial<Shown> | undefined;
  if (!shown?.title) return;
  const options = { body: shown.body ?? "", tag: shown.tag ?? "", data: { url: shown.url ?? "/" } };
  event.waitUntil(worker.registration.showNotification(shown.title, options));
});

worker.addEventListener("notificationclick", (event: Click) => {
  event.notification.close();
  const { url } = event.notification.data as { url: string };
  const target = new URL(url, worker.location.origin);
  if (target.origin !== worker.location.origin) return; // only our own pages
  event.waitUntil(worker.clients.openWindow(target.href));
});
