import type { View } from "../core/view.ts";

/**
 * The NAME of each view's files (`depth/NAME.png`): the photo's name without its extension. Where two photos would
 * then share a name, also on a file system that ignores case, all keep theirs. Names never leave their folder.
 */
export function outputNames(views: readonly Pick<View, "name">[]): readonly string[] {
  const flat = views.map(({ name }) => name.replaceAll(/[\\/:]/g, "-"));
  const stems = flat.map((name) => name.replace(/(?<=.)\.[^.]*$/, ""));
  const numbered = flat.map((name, i) => `${i}-${name}`);
  return [stems, flat].find(areDistinct) ?? numbered;
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size === names.length;
}
