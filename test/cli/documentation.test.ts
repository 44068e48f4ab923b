import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { dust3rOutput } from "./dust3r.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = [
  "README.md",
  ...readdirSync(resolve(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe.each(PAGES)("%s", (page) => {
  const text = readFileSync(resolve(ROOT, page), "utf8");

  test("its links lead somewhere", () => {
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(resolve(ROOT, dirname(page), target!)), target).toBe(true);
    }
  });

  test("its commands have only options that exist", async () => {
    for (const [command] of text.matchAll(/(?<=^|`)dust3r [a-z][^`#\n]*/gm)) {
      const words = command.trim().split(/\s+/).slice(1);
      const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0]!);
      if (flags.length === 0) continue;
      const group = ["data", "eval", "models", "queue"].includes(words[0]!) || words[1] === "export";
      const help = await dust3rOutput(
        ...words.slice(0, group ? 2 : 1),
        ...(words[0] === "train" && !group ? ["run"] : []),
        "--help",
      );
      for (const flag of flags) expect(help, command).toMatch(new RegExp(`^ .*${flag}\\b`, "m"));
    }
  });
});
