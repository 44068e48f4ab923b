import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("control characters of names on the terminal are written out", () => {
  expect(printable("\u001b[2Jphoto\r\u0007.jpg")).toBe("\\u001b[2Jphoto\\u000d\\u0007.jpg");
  expect(printable("gpj.\u202eotohp\u009b1m")).toBe("gpj.\\u202eotohp\\u009b1m");
  expect(printable("two\nlines\tand größe")).toBe("two\nlines\tand größe");
});

test("JSON stays the same value", () => {
  const value = { name: "a\u001b\u0085\u202e\n.jpg" };
  expect(JSON.parse(printable(JSON.stringify(value, null, 1)))).toEqual(value);
});
