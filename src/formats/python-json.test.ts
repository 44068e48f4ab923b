import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { parsePythonJson } from "./python-json.ts";

test("reads the config.json of a model with its bare infinities", () => {
  const text = readFileSync(new URL("../../models/stopgap/config.json", import.meta.url), "utf8");
  expect(text).toContain("-Infinity");
  expect(parsePythonJson("config.json", text)).toMatchObject({
    depth_mode: ["exp", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    conf_mode: ["exp", 1, Number.POSITIVE_INFINITY],
  });
});

test("leaves the words alone inside strings", () => {
  expect(parsePythonJson("c", '{"a": NaN, "NaN": "Infinity \\" NaN", "b": [-Infinity]}')).toEqual({
    a: Number.NaN,
    NaN: 'Infinity " NaN',
    b: [Number.NEGATIVE_INFINITY],
  });
});

test.each(["", "{", "nan", "{'a': 1}", "Infinit", "[".repeat(100_000)])("refuses %j", (text) => {
  expect(() => parsePythonJson("x/config.json", text)).toThrow(FormatError);
  expect(() => parsePythonJson("x/config.json", text)).toThrow("x/config.json");
});
