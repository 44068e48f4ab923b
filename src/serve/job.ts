import { z } from "zod";
import { ALIGN_METHODS, type AlignMethod } from "../alignment/align-options.ts";
import type { AnswerStatus } from "../core/answer-status.ts";
import { EXPORT_KINDS, type ExportKind } from "../export/export-kinds.ts";
import type { LeastConfidence } from "../export/point-filter.ts";
import type { PairChoice } from "../pipeline/choose-pairs.ts";
import { DENSE_METHODS, type DenseMethod, REFINE_METHODS, type RefineMethod } from "../pipeline/reconstruct-options.ts";
import { answerStatusSchema } from "../scene-file/scene-schema.ts";

/** What becomes of a job, in this order; the last three are final. */
export const JOB_STATES = ["uploading", "queued", "running", "done", "failed", "canceled"] as const;
/** One of them. */
export type JobState = (typeof JOB_STATES)[number];

/** True for states that nothing follows. */
export function isFinished(state: JobState): boolean {
  return state === "done" || state === "failed" || state === "canceled";
}

/** What a client may decide about its job; everything may be left out. */
export interface JobOptions {
  readonly title?: string | undefined;
  readonly pairs?: Exclude<PairChoice, { kind: "list" }> | undefined;
  readonly align?: AlignMethod | undefined;
  readonly refine?: RefineMethod | undefined;
  readonly dense?: DenseMethod | undefined;
  readonly min_confidence?: LeastConfidence | undefined;
  readonly seed?: number | undefined;
  readonly export?: readonly ExportKind[] | undefined;
  readonly skip_broken?: boolean | undefined;
}

/** One photo of a job. */
export interface JobPhoto {
  readonly label: string;
  readonly bytes: number;
  readonly format: string;
}

/** Why a job failed. */
export interface JobError {
  readonly kind: "input" | "machine" | "time" | "bug";
  readonly message: string;
}

/** A file of a finished scene. */
export interface ResultFile {
  /** Relative, with `/` between folders. */
  readonly name: string;
  readonly bytes: number;
}

/** What is kept of a job on disk. */
export interface JobRecord {
  readonly id: string;
  readonly state: JobState;
  /** Times in ISO 8601. */
  readonly created: string;
  readonly started: string | null;
  readonly finished: string | null;
  readonly options: JobOptions;
  readonly photos: readonly JobPhoto[];
  readonly starts: number;
  readonly status: AnswerStatus | null;
  readonly registered: number | null;
  readonly warnings: readonly string[];
  readonly files: readonly ResultFile[];
  readonly bytes: number;
  readonly error: JobError | null;
}

/** One step forward. */
export interface JobProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly reused?: number | undefined;
  readonly item?: string | undefined;
}

/** What clients are told of a job. */
export interface Job extends JobRecord {
  readonly progress: JobProgress | null;
  readonly position: number | null;
}

const count = z.int().min(0);
const moment = z.iso.datetime();

const pairs = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("auto") }),
    z.strictObject({ kind: z.literal("complete") }),
    z.strictObject({ kind: z.literal("window"), size: z.int().min(1).max(1000), cyclic: z.boolean() }),
    z.strictObject({ kind: z.literal("logwindow"), size: z.int().min(1).max(30), cyclic: z.boolean() }),
    z.strictObject({ kind: z.literal("star"), center: count }),
    z.strictObject({ kind: z.literal("retrieval"), partners: z.int().min(1).max(1000) }),
  ])
  .describe("Which photos are paired, as the library's PairChoice; auto when left out");

/** The schema of `JobOptions`. */
export const JOB_OPTIONS: z.ZodType<JobOptions> = z.strictObject({
  title: z.string().max(200).optional().describe("A name for people"),
  pairs: pairs.optional(),
  align: z.enum(ALIGN_METHODS).optional().describe("How pairs are brought into one world; global when left out"),
  refine: z.enum(REFINE_METHODS).optional().describe("Whether cameras are refined on features; they are when left out"),
  dense: z
    .enum(DENSE_METHODS)
    .optional()
    .describe(
      "Whether depth is measured between photos whose cameras are refined; auto, up to 50 photos, when left out",
    ),
  min_confidence: z
    .union([z.literal("auto"), z.number().min(0)])
    .optional()
    .describe("Points of less confidence are left out; auto when left out"),
  seed: z.int().optional().describe("Equal seeds give equal scenes; 0 when left out"),
  export: z.array(z.enum(EXPORT_KINDS)).optional().describe("What is written beside scene.json"),
  skip_broken: z.boolean().optional().describe("Goes on without photos that cannot be read"),
});

const record = z.strictObject({
  id: z.uuid(),
  state: z.enum(JOB_STATES),
  created: moment,
  started: moment.nullable(),
  finished: moment.nullable(),
  options: JOB_OPTIONS,
  photos: z
    .array(
      z.strictObject({
        label: z.string().describe("The client's name of the file, without folders and unusual characters"),
        bytes: count,
        format: z.string().describe("By its content: jpeg, png, gif, webp, tiff or heif"),
      }),
    )
    .describe("In the order of the upload"),
  starts: count.describe("How often its work was begun: more than once where the server ended in between"),
  status: answerStatusSchema.nullable().describe("Of the finished scene, as in scene.json"),
  registered: count.nullable().describe("Photos that have a pose in the finished scene"),
  warnings: z.array(z.string()).describe("What speaks against the scene, one sentence each"),
  files: z.array(z.strictObject({ name: z.string(), bytes: count })).describe("Of the finished scene"),
  bytes: count.describe("What it takes on disk"),
  error: z
    .strictObject({
      kind: z
        .enum(["input", "machine", "time", "bug"])
        .describe("The photos or options; the machine, such as too little memory; the time limit; a fault of dust3r"),
      message: z.string().describe("What was wrong and what to do"),
    })
    .nullable(),
});

/** The schema of `JobRecord`. */
export const JOB_RECORD: z.ZodType<JobRecord> = record;

const progress = z.strictObject({
  stage: z.string().describe("upload, then those of dust3r reconstruct: images, encode, decode, features, …"),
  done: count,
  total: count,
  reused: count.optional().describe("Of these, how many an interrupted run had finished"),
  item: z.string().optional().describe("What was just finished"),
});

/** The schema of `Job`. */
export const JOB: z.ZodType<Job> = record.extend({
  progress: progress.nullable().describe("The latest step of the upload or the work"),
  position: count.nullable().describe("Jobs ahead of it in the queue; null unless it is queued"),
});
