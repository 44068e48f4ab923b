import { expect, test } from "vitest";
import { formatLength, measuredLength, parseLength } from "./measurement.ts";

test("a length is the distance of its ends", () => {
  expect(measuredLength({ from: [1, 2, 3], to: [4, 6, 15] })).toBe(13);
});

test("lengths are told in the unit that fits, and in the scene's own where no scale is known", () => {
  expect(formatLength(1.23456, null)).toBe("1.23 units");
  expect(formatLength(2, 1.5)).toBe("3.00 m");
  expect(formatLength(2, 0.2)).toBe("40.0 cm");
  expect(formatLength(2, 0.001)).toBe("2.00 mm");
  expect(formatLength(250, 1)).toBe("250 m");
});

test("lengths are read with units and either decimal sign, and nothing else is", () => {
  expect(parseLength("2.5")).toBe(2.5);
  expect(parseLength(" 2,5 m ")).toBe(2.5);
  expect(parseLength("80 cm")).toBeCloseTo(0.8, 12);
  expect(parseLength("120MM")).toBeCloseTo(0.12, 12);
  expect(parseLength(".5 km")).toBe(500);
  for (const text of ["", "0", "-1", "two", "1e3", "1.2.3", "5 feet", "m"]) expect(parseLength(text)).toBeNull();
});
