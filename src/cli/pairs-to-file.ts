import { absolutePath, openOutputFile } from "#platform";
import { connectedComponents } from "../core/connected-components.ts";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { findPhotos } from "../images/find-photos.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { OVERLAP_SELECTION } from "../pairs/by-overlap.ts";
import { DEFAULT_PARTNERS } from "../pairs/by-retrieval.ts";
import type { SelectedPair } from "../pairs/selected-pair.ts";
import { openModel } from "../pipeline/open-model.ts";
import { overlappingPairs } from "../pipeline/overlapping-pairs.ts";
import { openResumeStore } from "../pipeline/resume-store.ts";
import {
  type NamedPhoto,
  type PairSelection,
  type SelectedPairs,
  selectMapPairs,
  selectPairs,
} from "../pipeline/select-pairs.ts";
import { photosBelow } from "./photos-below.ts";
import { modelOptions, type ViewFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { type TerminalRun, withTerminal } from "./terminal.ts";

/** Flags of `dust3r data pairs`. */
export interface PairsFlags extends Omit<ViewFlags, "mirror"> {
  readonly output: string;
  readonly retrieve?: number;
  readonly map?: readonly string[];
  readonly verify?: true;
  readonly resume: boolean;
}

/** A list of pairs, and how it was made. */
interface PairList {
  /** A sentence for the head of the list. */
  readonly how: string;
  /** Names of what `first` and `second` of a pair count. */
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly pairs: readonly SelectedPair[];
  readonly notes: readonly string[];
}

/** `dust3r data pairs`: writes which photos belong together; the list appears when it is complete. */
export async function pairsToFile(photos: readonly string[], flags: PairsFlags, signal: AbortSignal): Promise<void> {
  await withTerminal(flags, signal, async (run) => {
    await using file = await openOutputFile(flags.output);
    const resume = await openResumeStore(`${flags.output}.resume`, flags);
    const { store } = resume;
    const list = (await byOverlap(photos, flags, run)) ?? (await byRetrieval(photos, flags, { ...run, store }));
    run.stopProgress();
    const { how, first, second, pairs, notes } = list;
    if (pairs.length === 0)
      throw new InputError(
        `${photos.join(" ")}: no pairs (${how}), so no list is written; ask for more with --retrieve, or leave out --verify`,
      );
    const lines = pairs.map((pair) => `${first[pair.first]}\t${second[pair.second]}\n`);
    await file.write(new TextEncoder().encode(`# dust3r data pairs: ${how}\n${lines.join("")}`));
    signal.throwIfAborted();
    await file.commit();
    await resume.remove();
    if (flags.json) await printOut(JSON.stringify(listJson(flags.output, list)));
    else if (!flags.quiet) await printOut([`${pairs.length} pairs in ${flags.output}: ${how}`, ...notes].join("\n"));
  });
}

function listJson(file: string, { how, first, second, pairs, notes }: PairList) {
  return { file, how, pairs: pairs.map((pair) => [first[pair.first], second[pair.second], pair.score]), notes };
}

/** For a single folder of a scene with depth and poses, unless another way is asked for. */
async function byOverlap(
  photos: readonly string[],
  { retrieve, map, verify }: PairsFlags,
  run: RunOptions,
): Promise<PairList | undefined> {
  if (photos.length !== 1 || retrieve !== undefined || map !== undefined || verify) return undefined;
  const selected = await overlappingPairs(photos[0]!, OVERLAP_SELECTION, run);
  if (selected === undefined) return undefined;
  const names = uniqueNames(selected.photos);
  const { range, partners } = OVERLAP_SELECTION;
  const [least, most] = range.map((share) => `${100 * share} %`);
  return {
    how: `an overlap of ${least} to ${most} by depth and poses, up to ${partners} a photo from hard to easy`,
    first: names,
    second: names,
    pairs: selected.pairs,
    notes: [
      ...(selected.without > 0 ? [`${selected.without} photos without depth or pose are left out`] : []),
      ...groupNotes(names, selected.pairs),
    ],
  };
}

async function byRetrieval(
  photos: readonly string[],
  flags: PairsFlags,
  { store, logger, onProgress, signal }: TerminalRun & Pick<PairSelection, "store">,
): Promise<PairList> {
  const { retrieve: partners = DEFAULT_PARTNERS, verify = false } = flags;
  const run = { onProgress, signal };
  const chosen = flags.map === undefined ? await ownPhotos(photos) : await queriesAndMap(photos, flags.map);
  // Only the encoder is asked.
  await using model = await openModel({ ...modelOptions(flags), mirror: false, logger, ...run });
  const { checkpoint, network, plan } = model;
  const selection: PairSelection = { network, plan, partners, verify, store, ...run };
  const { first, second } = chosen;
  const selected = second === undefined ? selectPairs(first, selection) : selectMapPairs(first, second, selection);
  const { pairs, candidates } = await selected;
  const names = first.map(({ name }) => name);
  return {
    how: `the ${partners} most alike by ${checkpoint.name}${verify ? ", verified by mutual matches" : ""}`,
    first: names,
    second: second?.map(({ name }) => name) ?? names,
    pairs,
    notes: [
      ...(verify ? [`${pairs.length} of ${candidates} candidates have enough mutual matches`] : []),
      ...(second === undefined ? groupNotes(names, pairs) : queryNotes(names, pairs)),
    ],
  };
}

interface ChosenPhotos {
  readonly first: readonly NamedPhoto[];
  /** Undefined where the photos are compared with each other. */
  readonly second: readonly NamedPhoto[] | undefined;
}

async function ownPhotos(photos: readonly string[]): Promise<ChosenPhotos> {
  const paths = await findPhotos(photos);
  if (paths.length < 2) throw new InputError(`${photos.join(" ")}: one photo alone; two at least make a pair`);
  const names = uniqueNames(paths);
  return { first: paths.map((path, i) => ({ path, name: names[i]! })), second: undefined };
}

/** Both under their paths within the deepest folder that holds all of them, which is what benchmarks call them. */
async function queriesAndMap(queries: readonly string[], map: readonly string[]): Promise<ChosenPhotos> {
  const first = await photosBelow(queries);
  const asked = new Set(first.map(absolutePath));
  const second = (await photosBelow(map)).filter((photo) => !asked.has(absolutePath(photo)));
  if (second.length === 0) throw new InputError(`--map ${map.join(" ")}: has no photos but the queries themselves`);
  const segments = [...first, ...second].map((path) => absolutePath(path).split(/[\\/]/));
  const shortest = Math.min(...segments.map(({ length }) => length)) - 1;
  let common = 0;
  while (common < shortest && segments.every((parts) => parts[common] === segments[0]![common])) common++;
  const named = (path: string): NamedPhoto => ({
    path,
    name: absolutePath(path).split(/[\\/]/).slice(common).join("/"),
  });
  return { first: first.map(named), second: second.map(named) };
}

/** Photos that are listed by name. */
const MOST_NAMES = 10;

function groupNotes(names: readonly string[], pairs: SelectedPairs["pairs"]): string[] {
  const edges = pairs.map(({ first, second }) => [first, second] as const);
  const groups = connectedComponents(names.length, edges).sort((a, b) => b.length - a.length);
  if (groups.length === 1) return [];
  const alone = groups.filter(({ length }) => length === 1).map(([photo]) => names[photo!]!);
  const sizes = groups.filter(({ length }) => length > 1).map(({ length }) => length);
  return [
    `they are not all connected: ${sizes.length} groups, of ${listed(sizes)} photos`,
    ...(alone.length > 0 ? [`${alone.length} photos without a pair: ${listed(alone)}`] : []),
  ];
}

function queryNotes(names: readonly string[], pairs: SelectedPairs["pairs"]): string[] {
  const found = new Set(pairs.map(({ first }) => first));
  const alone = names.filter((_, i) => !found.has(i));
  return alone.length > 0 ? [`${alone.length} queries without a photo of the map: ${listed(alone)}`] : [];
}

function listed(values: readonly (string | number)[]): string {
  return values.slice(0, MOST_NAMES).join(", ") + (values.length > MOST_NAMES ? ", …" : "");
}
