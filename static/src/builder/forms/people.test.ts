import { expect, test } from "vitest";
import { choicesFor, labelOfAddress, peopleIn } from "./people";

const people = peopleIn([
  { username: "bob", name: "Bob Builder", may_see: true },
  { username: "carol", name: "", may_see: false },
]);
const addresses = (typed: string, chosen: string[] = []) =>
  choicesFor(typed, people, chosen).map(({ address }) => address);

test("people and roles are found by any of their words", () => {
  expect(addresses("")).toEqual(["user:bob", "user:carol", "role:admin", "role:user", "role:viewer"]);
  expect(addresses("build")).toEqual(["user:bob", "user:build"]);
  expect(addresses("all adm")).toEqual(["role:admin"]);
});

test("whoever is chosen is not offered again", () => {
  expect(addresses("bob", ["user:bob"])).toEqual([]);
});

test("a name that nobody is known by can be taken as it was typed, but only if it can be one", () => {
  expect(addresses("dave")).toEqual(["user:dave"]);
  expect(addresses("user:dave")).toEqual(["user:dave"]);
  expect(addresses("<b>")).toEqual([]);
});

test("addresses are shown as names, and those who do not see the workflow are marked", () => {
  expect(
    ["user:bob", "user:carol", "role:admin", "user:x"].map((each) => labelOfAddress(each, people)),
  ).toEqual(["Bob Builder", "carol", "All admins", "x"]);
  expect(people.map(({ isBlind }) => isBlind)).toEqual([false, true]);
});
