import { expect, test } from "vitest";
import { firstScale } from "./zoom";

test("a small picture is shown at its own size", () => {
  expect(firstScale(300, 200, 800, 600)).toBe(1);
});

test("a picture that fits when made somewhat smaller is shown whole", () => {
  expect(firstScale(1000, 700, 800, 640)).toBeCloseTo(0.8);
});

test("a tall one fits its width and scrolls down", () => {
  expect(firstScale(600, 5000, 800, 640)).toBe(1);
});

test("a very wide one is an overview on a desktop, and readable on a phone", () => {
  expect(firstScale(2000, 900, 760, 640)).toBeCloseTo(0.38);
  expect(firstScale(2000, 900, 340, 640)).toBe(0.8);
  expect(firstScale(9000, 900, 760, 640)).toBe(0.35);
});
