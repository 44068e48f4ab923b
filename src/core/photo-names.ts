import { InputError } from "./errors.ts";
import type { View } from "./view.ts";

/** Something known of a photo by its name. */
export type ByPhoto<T> = ReadonlyMap<string, T>;

/** What tells which photo a name in a file means: the photo's own name, unique in its run, and its path where it has one. */
export type PhotoName = Pick<View, "name" | "path">;

/** What a file knows of photos. */
export interface KnownOfPhotos<T> {
  /** For each photo; undefined where nothing is known of it. */
  readonly known: readonly (T | undefined)[];
  /** The names that belong to none of the photos. */
  readonly others: readonly string[];
}

/**
 * What is known of each photo. Files name photos by paths within folders that are not where the photos are now, so a name means
 * the photo whose path ends as it does over the most folders; a name without an extension means any. Names made unique by
 * their folders (`cam0_1.jpg`) stand for these.
 * @throws InputError that names the candidates where a name may mean several photos, or a photo go by several of the names
 */
export function knownOfPhotos<T>(entries: ByPhoto<T>, photos: readonly PhotoName[], source: string): KnownOfPhotos<T> {
  const names = [...entries.keys()];
  const byPhoto = new Map<number, Link[]>();
  for (const link of linksBetween(names, photos)) {
    const own = byPhoto.get(link.photo);
    if (own === undefined) byPhoto.set(link.photo, [link]);
    else own.push(link);
  }
  const found = photos.map((photo, i) => {
    const own = strongest(byPhoto.get(i) ?? []);
    if (own.length <= 1) return own[0]?.name;
    throw new InputError(
      `${source}: ${pathOf(photo)} may be ${own.map(({ name }) => names[name]!).join(" or ")}; names need as many of ` +
        "their folders as tell them apart",
    );
  });
  const claimants = new Map<number, PhotoName[]>();
  for (const [photo, name] of found.entries())
    if (name !== undefined) claimants.set(name, [...(claimants.get(name) ?? []), photos[photo]!]);
  for (const [i, name] of names.entries()) {
    const several = claimants.get(i) ?? [];
    if (several.length > 1) throw ambiguous(name, several, source);
  }
  const taken = new Set(found);
  return {
    known: found.map((name) => (name === undefined ? undefined : entries.get(names[name]!))),
    others: names.filter((_, i) => !taken.has(i)),
  };
}

/** The index of the photo that a name means, as `knownOfPhotos` understands names; undefined for none. */
export function photoNamed(name: string, photos: readonly PhotoName[], source: string): number | undefined {
  const found = strongest(linksBetween([name], photos));
  if (found.length <= 1) return found[0]?.photo;
  throw ambiguous(
    name,
    found.map(({ photo }) => photos[photo]!),
    source,
  );
}

function ambiguous(name: string, photos: readonly PhotoName[], source: string): InputError {
  const candidates = photos.map(pathOf).join(" or ");
  return new InputError(`${source}: ${name} may be ${candidates}; give as many of its folders as tell them apart`);
}

function pathOf({ name, path = name }: PhotoName): string {
  return path;
}

/** How well a name matches a photo. */
interface Likeness {
  /** Twice the segments that agree, and one where the extension does too. */
  readonly score: number;
  /** Both have further folders, which differ. */
  readonly apart: boolean;
}

/** A name and a photo that it may mean. */
interface Link extends Likeness {
  readonly name: number;
  readonly photo: number;
}

/**
 * Every name with the photos that are most like it. The folder of the photos may be called otherwise in the file, but then for all
 * of them: names that part from a photo's path sooner than others do are of other photos.
 */
function linksBetween(names: readonly string[], photos: readonly PhotoName[]): Link[] {
  const paths = photos.map(({ name, path = name }) => [segmentsOf(path), [name]] as const);
  const photosOf = new Map<string, Set<number>>();
  for (const [photo, [path, own]] of paths.entries()) {
    for (const key of [...keysOf(path), ...keysOf(own)])
      photosOf.set(key, (photosOf.get(key) ?? new Set<number>()).add(photo));
  }
  const links = names.flatMap((text, name) => {
    const segments = segmentsOf(text);
    const candidates = new Set(keysOf(segments).flatMap((key) => [...(photosOf.get(key) ?? [])]));
    return strongest(
      [...candidates]
        .sort((a, b) => a - b)
        .flatMap((photo) => {
          const [path, own] = paths[photo]!;
          const [like] = strongest([likeness(segments, path), likeness(segments, own)]);
          return like!.score > 0 ? [{ ...like!, name, photo }] : [];
        }),
    );
  });
  const most = links.reduce((score, link) => Math.max(score, link.score >> 1), 0);
  return links.filter(({ score, apart }) => !apart || score >> 1 === most);
}

/** What two paths have in common that are alike at all: so that not every name need be compared with every photo. */
function keysOf(segments: readonly string[]): string[] {
  const file = segments.at(-1) ?? "";
  const joined = segments.slice(0, -1).map((_, from) => segments.slice(from).join("_"));
  return [file, stemOf(file), ...joined];
}

function strongest<T extends Likeness>(likenesses: readonly T[]): T[] {
  const best = likenesses.reduce((score, like) => Math.max(score, like.score), 0);
  return likenesses.filter(({ score }) => score === best);
}

function likeness(a: readonly string[], b: readonly string[]): Likeness {
  const [fileA, fileB] = [a.at(-1) ?? "", b.at(-1) ?? ""];
  const isSame = fileA === fileB;
  if (isSame || stemOf(fileA) === fileB || stemOf(fileB) === fileA) {
    let shared = 1;
    while (shared < Math.min(a.length, b.length) && a.at(-1 - shared) === b.at(-1 - shared)) shared++;
    return { score: 2 * shared + Number(isSame), apart: shared < a.length && shared < b.length };
  }
  const folders = joinedFolders(a, fileB) || joinedFolders(b, fileA);
  return { score: folders === 0 ? 0 : 2 * folders + 1, apart: false };
}

/** How many of the last segments a name was joined from; 0 for another name. */
function joinedFolders(segments: readonly string[], name: string): number {
  if (!name.endsWith(`_${segments.at(-1)}`)) return 0;
  for (let count = 2; count <= segments.length; count++) if (segments.slice(-count).join("_") === name) return count;
  return 0;
}

/** The folders of a path and its file, without what only says where to begin. */
export function segmentsOf(path: string): string[] {
  return path.split(/[\\/]+/).filter((segment) => !/^\.{0,2}$/.test(segment));
}

/** A name without its extension. */
export function stemOf(name: string): string {
  return name.replace(/(?<=[^\\/])\.[^.\\/]*$/, "");
}
