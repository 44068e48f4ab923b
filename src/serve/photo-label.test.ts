import fc from "fast-check";
import { expect, test } from "vitest";
import { photoLabel } from "./photo-label.ts";

test.each([
  ["IMG 01 (2).JPG", "IMG 01 (2).JPG"],
  ["café/été.jpg", "été.jpg"],
  ["../../../etc/passwd", "passwd"],
  ["C:\\photos\\a.png", "a.png"],
  ["..", "photo-3"],
  [".jpg", "jpg"],
  ["", "photo-3"],
  ["<script>.jpg", "_script_.jpg"],
  [`${"x".repeat(300)}.jpeg`, `${"x".repeat(80)}.jpeg`],
])("%s becomes %s", (name, label) => {
  expect(photoLabel(name, 2)).toBe(label);
});

test("a label is short, leads nowhere and holds nothing that a file system or a page would obey", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(999), (name, index) => {
      const label = photoLabel(name, index);
      expect(label).toMatch(/^[\p{L}\p{M}\p{N}_()-][\p{L}\p{M}\p{N} ._()-]*$/u);
      expect([...label].length).toBeLessThan(90);
    }),
    { seed: 1 },
  );
});
