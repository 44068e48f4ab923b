import { expect, test } from "vitest";
import { timeFromTags } from "./exif-time.ts";

test("reads the time with its fraction", () => {
  const whole = timeFromTags({ DateTimeOriginal: "2024:05:01 23:59:58" });
  expect(whole).toBe(Date.UTC(2024, 4, 1, 23, 59, 58));
  const later = timeFromTags({ DateTimeOriginal: "2024:05:02 00:00:01", SubSecTimeOriginal: "5 " });
  expect(later! - whole!).toBe(3500);
});

test("tells nothing from a clock without a date, or other text", () => {
  expect(timeFromTags({ DateTimeOriginal: "0000:00:00 00:00:00" })).toBeUndefined();
  expect(timeFromTags({ DateTimeOriginal: "yesterday" })).toBeUndefined();
  expect(timeFromTags({ DateTimeOriginal: 7 })).toBeUndefined();
  expect(timeFromTags({})).toBeUndefined();
});
