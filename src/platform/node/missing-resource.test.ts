import { expect, test } from "vitest";
import { CapabilityError, FormatError } from "../../core/errors.ts";
import { missingResource, missingResourceIn, resourceError } from "./missing-resource.ts";

const system = (code: string) => Object.assign(new Error(`${code}: open 'x'`), { code });

test("few file descriptors and little memory are told, however deep they lie", () => {
  const files = /^too many files are open: raise the limit \(ulimit -n/;
  expect(missingResource(system("EMFILE"))).toMatch(files);
  expect(missingResource(new FormatError("a.jpg", "is damaged", { cause: system("ENFILE") }))).toMatch(files);
  expect(missingResource(new Error("a.jpg: unable to open for read\nunix error: Too many open files"))).toMatch(files);
  const memory = /^not enough memory: /;
  expect(missingResource(new RangeError("Array buffer allocation failed"))).toMatch(memory);
  expect(missingResource(new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory"))).toMatch(
    memory,
  );
  expect(missingResourceIn("terminate called after throwing an instance of 'std::bad_alloc'")).toMatch(memory);
});

test("other errors are other errors", () => {
  for (const error of [
    system("ENOENT"),
    new TypeError("x is undefined"),
    new Error("Cannot find package 'x'"),
    "text",
  ]) {
    expect(missingResource(error)).toBeUndefined();
    expect(resourceError("a.jpg", error)).toBeUndefined();
  }
  expect(resourceError("a.jpg", system("EMFILE"))).toBeInstanceOf(CapabilityError);
});
