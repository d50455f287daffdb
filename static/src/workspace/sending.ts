/** Sending a form with files, so that one sees how far it is: fetch does not tell. */

import { csrfToken } from "../page/http";

export interface Answer {
  status: number;
  text: string;
  url: string;
}

/** ``progress`` is told the share that is sent, 0 to 1. Rejects where the server is out of reach. */
export function sendForm(
  url: string,
  body: FormData,
  headers: Record<string, string>,
  progress: (share: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("load", () =>
      resolve({ status: request.status, text: request.responseText, url: request.responseURL }),
    );
    for (const name of ["error", "abort", "timeout"] as const)
      request.addEventListener(name, () => reject(new Error(name)));
    request.send(body);
  });
}
