/** The stages of a run, in the order of the data flow. */
export type Stage =
  | "download"
  | "quantize"
  | "generate"
  | "prepare"
  | "check"
  | "video"
  | "images"
  | "encode"
  | "decode"
  | "features"
  | "refine"
  | "adjust"
  | "stereo"
  | "align"
  | "localize"
  | "mesh"
  | "export"
  | "evaluate";

/** One step forward within a stage. */
export interface ProgressEvent {
  readonly stage: Stage;
  /** Units finished so far, at most `total`. */
  readonly done: number;
  readonly total: number;
  /** Of these, how many were taken over from an interrupted run and cost no time. */
  readonly reused?: number;
  /** What was just finished: a file name, a pair. */
  readonly item?: string;
}

/** What every long-running call accepts. */
export interface RunOptions {
  /** Called after every finished unit of work. */
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
  /** Aborting rejects with the signal's reason as soon as the unit at work allows. */
  readonly signal?: AbortSignal | undefined;
}
