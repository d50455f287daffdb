import { beforeEach, describe, expect, it } from "vitest";
import { LIFETIME, PREFIX, Vault, names, prune } from "./vault";

const KEY = btoa("k".repeat(32));

async function opened(key = KEY, owner = "ada:s1"): Promise<Vault> {
  const page = document.createElement("div");
  const told = document.createElement("div");
  Object.assign(told.dataset, { vault: owner, key });
  page.append(told);
  const vault = await Vault.open(page);
  if (!vault) throw new Error("This browser cannot seal.");
  return vault;
}

beforeEach(() => localStorage.clear());

describe("what is kept in the browser", () => {
  it("is read back by the same person, and is not there in the clear", async () => {
    await (await opened()).put("p", { value: "Geheimnis" });
    expect(Object.values(localStorage).join()).not.toContain("Geheimnis");
    expect(await (await opened()).get("p")).toEqual({ value: "Geheimnis" });
  });

  it("is gone for whoever comes with another key", async () => {
    await (await opened()).put("p", "mine");
    expect(await (await opened(btoa("x".repeat(32)))).get("p")).toBeNull();
    expect(names(localStorage)).toEqual([]);
  });

  it("is forgotten after three days, and when somebody else is logged in", async () => {
    await (await opened()).put("p", "mine");
    prune(localStorage, "ada");
    prune(localStorage, undefined);
    expect(names(localStorage)).toHaveLength(1);
    prune(localStorage, "bob");
    expect(names(localStorage)).toEqual([]);
    await (await opened()).put("p", "mine");
    prune(localStorage, "ada", Date.now() + LIFETIME + 1);
    expect(names(localStorage)).toEqual([]);
  });

  it("is dropped where it is spoilt, and leaves what is not ours alone", async () => {
    localStorage.setItem(`${PREFIX}ada:s1:p`, "{");
    localStorage.setItem("theme", "dark");
    expect(await (await opened()).get("p")).toBeNull();
    prune(localStorage, "ada");
    expect(Object.keys(localStorage)).toEqual(["theme"]);
  });

  it("is nothing on a page that brings no key", async () => {
    expect(await Vault.open(document.createElement("div"))).toBeNull();
  });
});
