import { segmentsOf, stemOf } from "../core/photo-names.ts";

/**
 * A name for every path, unique even without extensions and where case is ignored, since outputs are named after it.
 * It is the file's own name; where several agree, or it is among those `taken`, as many of their folders as tell them apart are
 * put in front (`left_01.jpg`), and where folders do not help (`01.jpg` beside `01.png`) a number follows (`01-2.png`).
 */
export function uniqueNames(paths: readonly string[], taken: readonly string[] = []): string[] {
  const segments = paths.map(segmentsOf);
  const ownName = (path: number, folders: number) => segments[path]!.slice(-1 - folders).join("_");
  const gone = new Set(taken.map(keyOf));
  const rivals = new Map<string, number[]>();
  for (const path of paths.keys()) {
    const key = keyOf(ownName(path, 0));
    rivals.set(key, [...(rivals.get(key) ?? []), path]);
  }
  const names: string[] = [];
  for (const group of rivals.values()) {
    const deepest = Math.max(...group.map((path) => segments[path]!.length));
    const areUnique = (folders: number) => {
      const keys = new Set(group.map((path) => keyOf(ownName(path, folders))));
      return keys.size === group.length && [...keys].every((key) => !gone.has(key));
    };
    let folders = 0;
    while (folders < deepest && !areUnique(folders)) folders++;
    if (!areUnique(folders)) folders = 0;
    for (const path of group) names[path] = ownName(path, folders);
  }
  return numbered(names, gone);
}

function numbered(names: readonly string[], gone: ReadonlySet<string>): string[] {
  const taken = new Set(gone);
  return names.map((name) => {
    const stem = stemOf(name);
    const extension = name.slice(stem.length);
    let unique = name;
    for (let copy = 2; taken.has(keyOf(unique)); copy++) unique = `${stem}-${copy}${extension}`;
    taken.add(keyOf(unique));
    return unique;
  });
}

function keyOf(name: string): string {
  return stemOf(name).toLowerCase();
}
