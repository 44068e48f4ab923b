import { z } from "zod";
import { joinPath, readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parseJsonText } from "../formats/json-text.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import type { Dataset, FrameOptions, Split } from "./dataset.ts";
import { sequencePairs } from "./sequence-pairs.ts";

/** A video around an object. */
export interface ObjectSequence {
  readonly category: string;
  readonly name: string;
  readonly frames: readonly number[];
}

/** Category, sequence, numbers of its frames. */
const selectionSchema = z.record(z.string(), z.record(z.string(), z.array(z.int())));
const MOST_BYTES = 2 ** 28;

/** What sets of object videos differ in. */
export interface ObjectSource {
  readonly name: string;
  /** Where the list of sequences is, for errors. */
  readonly list: string;
  readonly read: (sequence: ObjectSequence, frame: number, options: FrameOptions) => Promise<RgbdView>;
}

/** The sequences in a prepared set's `selected_seqs_train.json` or `selected_seqs_test.json`; undefined without one. */
export async function readSelection(folder: string, split: Split): Promise<readonly ObjectSequence[] | undefined> {
  const path = selectionPath(folder, split);
  const text = await readText(path, MOST_BYTES);
  if (text === undefined) return undefined;
  const parsed = selectionSchema.safeParse(parseJsonText(text, path));
  if (!parsed.success) throw new FormatError(path, z.prettifyError(parsed.error).replaceAll("\n", " "));
  return Object.entries(parsed.data).flatMap(([category, sequences]) => {
    return Object.entries(sequences).map(([name, frames]) => ({ category, name, frames }));
  });
}

/** Where a prepared set lists its sequences. */
export function selectionPath(folder: string, split: Split): string {
  return joinPath(folder, `selected_seqs_${split === "train" ? "train" : "test"}.json`);
}

/** The set of pairs within object videos; an `InputError` where there are none. */
export function objectDataset(all: readonly ObjectSequence[], { name, list, read }: ObjectSource): Dataset {
  const distinct = all.map((sequence) => ({ ...sequence, frames: [...new Set(sequence.frames)] }));
  const repeated = all.reduce((sum, { frames }, i) => sum + frames.length - distinct[i]!.frames.length, 0);
  const lengths = distinct.map(({ frames }) => frames.length);
  const { choosePair, locate, neighbors, ...counts } = sequencePairs(lengths);
  if (counts.pairs === 0) throw new InputError(`${list}: it lists no sequence of more than 5 frames`);
  const short = lengths.filter((length) => length <= 5).length;
  return {
    name,
    scenes: distinct.length - short,
    ...counts,
    notes: [
      ...(repeated > 0 ? [`${list}: ${repeated} frames that are listed twice are left out`] : []),
      ...(short > 0 ? [`${list}: ${short} sequences of 5 frames or less have no pairs`] : []),
    ],
    frameName(frame) {
      const [sequence, position] = locate(frame);
      const { category, name, frames } = distinct[sequence]!;
      return `${category}/${name}/${frames[position]!}`;
    },
    readFrame(frame, options) {
      const [sequence, position] = locate(frame);
      return read(distinct[sequence]!, distinct[sequence]!.frames[position]!, options);
    },
    choosePair,
    substitutes: neighbors,
  };
}
