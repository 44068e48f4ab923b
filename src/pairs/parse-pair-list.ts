import { FormatError } from "../core/errors.ts";
import type { ViewPair } from "../core/view.ts";

/** A pair list and the views that it may name. */
export interface PairListInput {
  /** The file, for error messages. */
  readonly path: string;
  readonly text: string;
  /** The views' names, in order. */
  readonly names: readonly string[];
}

/**
 * The pairs of a text file, one a line: two photo names (with or without extension) or indices counted from 0, parted
 * by a tab, where none is there by a comma, and where neither is by spaces. Empty lines and lines that begin with `#` are skipped.
 * Throws a `FormatError` that names the first wrong line.
 */
export function parsePairList({ path, text, names }: PairListInput): ViewPair[] {
  const views = viewsByName(names);
  const pairs: ViewPair[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const fail = (problem: string) => new FormatError(path, `line ${index + 1}: ${problem}`);
    const parts = entriesOf(line);
    if (parts.length !== 2) throw fail(`"${line.trim()}" has ${parts.length} entries; two photos are expected`);
    const [view1, view2] = parts.map((part) => {
      const view = views.get(part) ?? (/^\d+$/.test(part) && Number(part) < names.length ? Number(part) : undefined);
      if (view !== undefined) return view;
      throw fail(`"${part}" is none of the ${names.length} photos (${names.slice(0, 3).join(", ")}, …)`);
    }) as [number, number];
    if (view1 === view2) throw fail(`${parts[0]} is paired with itself`);
    pairs.push({ view1, view2 });
  }
  if (pairs.length === 0) throw new FormatError(path, "holds no pairs; one a line is expected");
  return pairs;
}

function entriesOf(line: string): string[] {
  const separator = line.includes("\t") ? "\t" : line.includes(",") ? "," : /\s+/;
  return line
    .trim()
    .split(separator)
    .map((entry) => entry.trim());
}

/** Full names go before names without extension, so that `a.jpg` is never taken for `a.jpg.png`. */
function viewsByName(names: readonly string[]): ReadonlyMap<string, number> {
  const stems = names.map((name, view) => [name.replace(/(?<=.)\.[^.]*$/, ""), view] as const);
  return new Map([...stems, ...names.map((name, view) => [name, view] as const)]);
}
