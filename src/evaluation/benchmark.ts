import type { RgbImage } from "../core/rgb-image.ts";
import type { CumulativeChart } from "../formats/html/cumulative-chart.ts";
import type { Table } from "./report/markdown-table.ts";

/** What was measured of one item: a pair, a photo, a scene. `M` is plain JSON. */
export interface Evaluated<M> {
  readonly metrics: M;
  /** Ranks the worst cases; larger is worse. */
  readonly badness: number;
  /** Pictures of it for the report, side by side; asked for only if it is among the worst. */
  readonly pictures: () => readonly RgbImage[];
}

/** One item of an evaluation. */
export interface EvalItem<M> {
  /** Unique within the evaluation, and the same in every run of it. */
  readonly id: string;
  /** Throws an `InputError` or a `FormatError` for an item that cannot be measured: it is skipped, and counted. */
  evaluate(): Promise<Evaluated<M>>;
}

/** An item's outcome, as a line of `records.jsonl` holds it. */
export type EvalRecord<M> = EvalOutcome<M> & {
  readonly id: string;
  /** Its place among all items, which keeps merged shards in order. */
  readonly index: number;
};

type EvalOutcome<M> =
  | { readonly metrics: M; readonly badness: number; readonly seconds: number }
  | { readonly skipped: string };

/** What an evaluation says in the end. */
export interface Summary {
  /** For people and for the report, ours beside what was published; the first row of the first table says most. */
  readonly tables: readonly Table[];
  readonly charts: readonly CumulativeChart[];
  /** For `--json`. */
  readonly figures: unknown;
}

/** An evaluation of the network: how its items are summed up, and in which words. */
export interface Benchmark<M> {
  /** What it is called on the command line. */
  readonly name: string;
  readonly title: string;
  /** The split, the protocol and the metrics with their sources, a sentence each. */
  readonly protocol: readonly string[];
  /** Of the measured items alone, in their order. */
  summarize(measured: readonly Measured<M>[]): Summary;
  /** Files by name that other programs read, written beside the report. */
  resultFiles?(measured: readonly Measured<M>[]): Readonly<Record<string, string>>;
}

/** A measured item without what only the report needs. */
export interface Measured<M> {
  readonly id: string;
  readonly metrics: M;
  readonly seconds: number;
}

/** The record of an item that was measured. */
export type MeasuredRecord<M> = EvalRecord<M> & Measured<M> & { readonly badness: number };

/** True for the record of an item that was measured. */
export function isMeasured<M>(record: EvalRecord<M>): record is MeasuredRecord<M> {
  return "metrics" in record;
}
