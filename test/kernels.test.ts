import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "watr";

const SRC = join(import.meta.dirname, "../src");
const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("-kernels.wat"));

test.each(sources)("%s is what its binary was compiled from", async (file) => {
  const source = join(SRC, file);
  const constant = basename(file, ".wat").replaceAll("-", "_").toUpperCase();
  const binary = await import(source.replace(/\.wat$/, "-binary.ts"));
  expect(binary[constant]).toBe(Buffer.from(compile(readFileSync(source, "utf8"))).toString("base64"));
});
