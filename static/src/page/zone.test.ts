import { beforeEach, expect, test, vi } from "vitest";
import { offerZone } from "./zone";

function page(shown: string, device: string) {
  const form = document.createElement("form");
  const name = document.createElement("strong");
  const take = document.createElement("button");
  form.dataset.zoneOffer = shown;
  form.hidden = true;
  name.dataset.zoneName = "";
  take.dataset.zoneTake = "";
  form.append(name, take);
  document.body.replaceChildren(form);
  vi.spyOn(Intl, "DateTimeFormat").mockReturnValue({
    resolvedOptions: () => ({ timeZone: device }),
  } as Intl.DateTimeFormat);
  offerZone();
  return { form, name, take };
}

beforeEach(() => vi.restoreAllMocks());

test("another zone than the page's is offered by its name", () => {
  const { form, name, take } = page("UTC", "Asia/Tokyo");
  expect(form.hidden).toBe(false);
  expect(name.textContent).toBe("Asia/Tokyo");
  expect(take.value).toBe("Asia/Tokyo");
});

test("the zone that is in use already is not offered", () => {
  expect(page("Asia/Tokyo", "Asia/Tokyo").form.hidden).toBe(true);
});

test("a page without the offer is left alone", () => {
  document.body.replaceChildren();
  expect(() => offerZone()).not.toThrow();
});
