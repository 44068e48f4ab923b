import { FormatError } from "../core/errors.ts";
import { type PhotoName, photoNamed } from "../core/photo-names.ts";
import type { ViewPair } from "../core/view.ts";

/** A pair list and the photos that it may name. */
export interface PairListInput {
  /** The file, for error messages. */
  readonly path: string;
  readonly text: string;
  /** In order. */
  readonly photos: readonly PhotoName[];
}

/**
 * The pairs of a text file, one a line, as this program and hloc write them: two photo names (with or without folders and extension)
 * or indices counted from 0, parted by a tab, or where none is there by the one comma or space that leaves two photos. Empty lines
 * and lines that begin with `#` are skipped. Throws a `FormatError` that names the first wrong line, an `InputError` for a name
 * that several photos have.
 */
export function parsePairList({ path, text, photos }: PairListInput): ViewPair[] {
  const known = new Map<string, number | undefined>();
  const viewOf = (part: string): number | undefined => {
    if (!known.has(part)) known.set(part, photoNamed(part, photos, path) ?? indexBelow(photos.length, part));
    return known.get(part);
  };
  const pairs: ViewPair[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const fail = (problem: string) => new FormatError(path, `line ${index + 1}: ${problem}`);
    const ways = waysToPart(line.trim());
    const [parts, another] = ways.filter((way) => way.every((part) => viewOf(part) !== undefined));
    if (parts === undefined) throw fail(problemOf(line.trim(), ways, viewOf, photos));
    if (another !== undefined) {
      throw fail(`"${line.trim()}" may be ${parts.join(" and ")} or ${another.join(" and ")}; part the two by a tab`);
    }
    const [view1, view2] = parts.map(viewOf) as [number, number];
    if (view1 === view2) throw fail(`${parts[0]} is paired with itself`);
    pairs.push({ view1, view2 });
  }
  if (pairs.length === 0) throw new FormatError(path, "holds no pairs; one a line is expected");
  return pairs;
}

function indexBelow(count: number, text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) < count ? Number(text) : undefined;
}

/** Every way to take a line for two names: they may hold commas and spaces themselves. */
function waysToPart(line: string): (readonly [string, string])[] {
  const separators = [...line.matchAll(line.includes("\t") ? /\t/g : /\s*,\s*|\s+/g)];
  return separators.map(({ 0: separator, index }) => [
    line.slice(0, index).trim(),
    line.slice(index + separator.length).trim(),
  ]);
}

function problemOf(
  line: string,
  ways: readonly (readonly [string, string])[],
  viewOf: (part: string) => number | undefined,
  photos: readonly PhotoName[],
): string {
  if (ways.length !== 1) return `"${line}" has ${ways.length + 1} entries; two photos are expected`;
  const names = photos.slice(0, 3).map(({ name }) => name);
  const unknown = ways[0]!.find((part) => viewOf(part) === undefined);
  return `"${unknown}" is none of the ${photos.length} photos (${names.join(", ")}, …)`;
}
