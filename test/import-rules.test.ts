import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const SRC = join(ROOT, "src");

/** Who may import whom, as ARCHITECTURE.md has it in its table of folders; `all` stands for every row above. */
const RULES = readRules(readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8"));

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);

test("the table has a row for every folder, and for every file beside them", () => {
  expect([...RULES.keys()].toSorted()).toEqual([...new Set(files.map(folderOf))].toSorted());
});

test("a row names only rows above it, so that imports flow one way", () => {
  const above: string[] = [];
  for (const [folder, allowed] of RULES) {
    expect(allowed.filter((target) => !above.includes(target))).toEqual([]);
    above.push(folder);
  }
});

test("every file imports only what its row allows", () => {
  const violations: string[] = [];
  for (const file of files) {
    const folder = folderOf(file);
    const source = readFileSync(join(SRC, file), "utf8");
    for (const [, specifier = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
      const target = importedFolder(file, specifier);
      if (target === undefined || target === folder) continue;
      if (!RULES.get(folder)?.includes(target)) violations.push(`${file} imports ${specifier}`);
    }
  }
  expect(violations).toEqual([]);
});

/** These run in Node alone. */
const IN_NODE = ["platform", "runtime", "serve", "cluster", "cli"];

test("only runtime imports onnxruntime; only platform and what runs in Node alone import Node's modules", () => {
  const violations: string[] = [];
  for (const file of files) {
    const folder = folderOf(file);
    const source = readFileSync(join(SRC, file), "utf8");
    if (folder !== "runtime" && /from "onnxruntime/.test(source)) violations.push(`${file} imports onnxruntime`);
    if (!IN_NODE.includes(folder) && /from "node:/.test(source)) {
      violations.push(`${file} imports a Node module`);
    }
  }
  expect(violations).toEqual([]);
});

/** The rows `| \`folder\` | what lives there | may import |` of the table, in their order. */
function readRules(markdown: string): ReadonlyMap<string, readonly string[]> {
  const rules = new Map<string, readonly string[]>();
  for (const [, folder = "", allowed = ""] of markdown.matchAll(/^\| `([^`]+)` \| .* \| ([^|]+) \|$/gm)) {
    const named = allowed === "–" ? [] : allowed.split(", ");
    rules.set(folder, allowed === "all" ? [...rules.keys()] : named);
  }
  return rules;
}

/** The folder of a file below `src`; a file at its root stands for itself. */
function folderOf(file: string): string {
  return file.split(sep)[0]!;
}

function importedFolder(file: string, specifier: string): string | undefined {
  if (specifier === "#platform") return "platform";
  if (specifier === "#onnxruntime") return "runtime";
  if (!specifier.startsWith(".")) return undefined;
  return folderOf(relative(SRC, resolve(dirname(join(SRC, file)), specifier)));
}
