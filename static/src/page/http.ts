/** Requests to our own server, with the CSRF token that the page carries. */

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** After a log-in in another tab the page's token is no longer good: take that of the same page, asked again. */
export async function renewToken(): Promise<void> {
  try {
    const answer = await fetch(location.href, {
      credentials: "same-origin",
      headers: { Accept: "text/html" },
    });
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = read.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
    const here = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
    if (answer.ok && fresh && here) here.content = fresh;
  } catch {
    // out of reach: what is asked next says so
  }
}

/** An API error as RFC 9457 tells it, or what stands for one where the answer is no JSON. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  [extra: string]: unknown;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ApiError";
  }
}

/** Send JSON, get JSON. Throws ApiError for an answer of 400 and above and for a server out of reach. */
export async function callApi(
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({ status: 0, code: "offline", detail: "The server cannot be reached. Try again." });
  }
  const text = await response.text();
  const data = parsed(text);
  if (response.ok) return data;
  if (isProblem(data)) throw new ApiError({ ...data, status: response.status });
  const detail = `The server answered ${response.status} ${response.statusText}`.trim() + ".";
  throw new ApiError({ status: response.status, code: "error", detail });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isProblem(data: unknown): data is Problem {
  return (
    typeof data === "object" && data !== null && typeof (data as { detail?: unknown }).detail === "string"
  );
}
