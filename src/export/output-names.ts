import type { View } from "../core/view.ts";

/**
 * The NAME of each view's files (`depth/NAME.png`): the photo's name without its extension. Where two photos would
 * then share a name, also on a file system that ignores case, all keep theirs. Names never leave their folder.
 */
export function outputNames(views: readonly Pick<View, "name">[]): readonly string[] {
  const flat = flatNames(views);
  const stems = flat.map((name) => name.replace(/(?<=.)\.[^.]*$/, ""));
  return [stems, flat].find(areDistinct) ?? numbered(flat);
}

/** The names of copies of the photos: their own, with `.jpg` behind those that are neither JPEG nor PNG. */
export function photoFileNames(views: readonly Pick<View, "name">[]): readonly string[] {
  const names = flatNames(views).map((name) => (/\.(jpe?g|png)$/i.test(name) ? name : `${name}.jpg`));
  return areDistinct(names) ? names : numbered(names);
}

function flatNames(views: readonly Pick<View, "name">[]): string[] {
  return views.map(({ name }) => name.replaceAll(/[\\/:]/g, "-"));
}

function numbered(names: readonly string[]): string[] {
  return names.map((name, i) => `${i}-${name}`);
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size === names.length;
}
