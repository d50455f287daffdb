import { expect, test } from "vitest";
import { bytesOf, hindrance, nameOf } from "./subscribing";

test("a key is read from URL-safe base64", () => {
  expect([...bytesOf("-_8")]).toEqual([251, 255]);
});

test("browsers are called by what tells them apart", () => {
  expect(nameOf("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe(
    "Firefox on Linux",
  );
  expect(
    nameOf("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0"),
  ).toBe("Chrome on Windows");
  expect(
    nameOf("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/18 Safari/605.1"),
  ).toBe("Safari on macOS");
  expect(nameOf("curl")).toBe("Browser");
});

test("a browser that cannot says so in words", () => {
  expect(hindrance()).not.toBe("");
});
