import fc from "fast-check";
import { expect, test } from "vitest";
import { outputNames, photoFileNames } from "./output-names.ts";

const namesOf = (...names: string[]): readonly string[] => outputNames(names.map((name) => ({ name })));

test("files are called after their photos", () => {
  expect(namesOf("00.jpg", "IMG 1.HEIC", "noext", ".hidden")).toEqual(["00", "IMG 1", "noext", ".hidden"]);
  expect(namesOf("a.jpg", "A.png", "b.jpg")).toEqual(["a.jpg", "A.png", "b.jpg"]);
});

test("names differ on every file system and stay in their folder", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "A", "b", ".", "/", "\\", ":", "-"),
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (names) => {
      const outputs = namesOf(...names);
      expect(new Set(outputs.map((output) => output.toLowerCase())).size).toBe(names.length);
      for (const output of outputs) expect(output).toMatch(/^[^/\\:]+$/);
    }),
  );
});

test("copies of photos keep their names, with an extension that says what they are", () => {
  const names = ["a.jpg", "B.JPEG", "c.png", "d.heic", "e"].map((name) => ({ name }));
  expect(photoFileNames(names)).toEqual(["a.jpg", "B.JPEG", "c.png", "d.heic.jpg", "e.jpg"]);
  expect(photoFileNames([{ name: "../x/a.jpg" }, { name: "..-x-A.jpg" }])).toEqual(["0-..-x-a.jpg", "1-..-x-A.jpg"]);
});
