/** Something that is known of photos by their names. */
export type ByPhoto<T> = ReadonlyMap<string, T>;

/** What is known of a photo: under its name, or under a path that ends with it. */
export function lookUpPhoto<T>(known: ByPhoto<T>, name: string): T | undefined {
  return known.get(name) ?? known.get([...known.keys()].find((key) => baseName(key) === name) ?? name);
}

/** The names that are known but belong to none of the photos. */
export function unknownNames(known: ByPhoto<unknown>, photos: readonly string[]): string[] {
  const names = new Set(photos);
  return [...known.keys()].filter((key) => !names.has(key) && !names.has(baseName(key)));
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1)!;
}
