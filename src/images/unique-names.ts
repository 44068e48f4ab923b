/**
 * A name for every path, unique even without extensions and where case is ignored, since outputs are named after it.
 * It is the file's own name; where several agree, as many of their folders as tell them apart are put in front
 * (`left_01.jpg`), and where folders do not help (`01.jpg` beside `01.png`) a number follows (`01-2.png`).
 */
export function uniqueNames(paths: readonly string[]): string[] {
  const segments = paths.map((path) => path.split(/[\\/]+/).filter((segment) => !/^\.{0,2}$/.test(segment)));
  const ownName = (path: number, folders: number) => segments[path]!.slice(-1 - folders).join("_");
  const rivals = new Map<string, number[]>();
  for (const path of paths.keys()) {
    const stem = stemOf(ownName(path, 0));
    rivals.set(stem, [...(rivals.get(stem) ?? []), path]);
  }
  const names: string[] = [];
  for (const group of rivals.values()) {
    const deepest = Math.max(...group.map((path) => segments[path]!.length));
    let folders = 0;
    const distinct = () => new Set(group.map((path) => stemOf(ownName(path, folders)))).size;
    while (folders < deepest && distinct() < group.length) folders++;
    if (distinct() < group.length) folders = 0;
    for (const path of group) names[path] = ownName(path, folders);
  }
  return numbered(names);
}

function numbered(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const extension = name.slice(withoutExtension(name).length);
    let unique = name;
    for (let copy = 2; taken.has(stemOf(unique)); copy++) unique = `${withoutExtension(name)}-${copy}${extension}`;
    taken.add(stemOf(unique));
    return unique;
  });
}

function stemOf(name: string): string {
  return withoutExtension(name).toLowerCase();
}

function withoutExtension(name: string): string {
  return name.replace(/(?<=.)\.[^.]*$/, "");
}
