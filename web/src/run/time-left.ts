import type { ProgressEvent, Stage } from "../../../src/core/progress.ts";
import { COMPLETE_UP_TO, PARTNERS } from "../../../src/pairs/pair-graph.ts";

/** A stage of the app's own: cameras are aligned before features refine them, and once more after. */
export type RunStage = Stage | "realign";

/** About how many pairs of photos are compared. */
function pairsOf(photos: number): number {
  return photos * Math.min(photos - 1, photos > COMPLETE_UP_TO ? PARTNERS : COMPLETE_UP_TO) * 0.5;
}

/** A stage of a run. */
export interface RunStep {
  readonly stage: RunStage;
  /** What it is called. */
  readonly name: string;
  /** How many steps it takes for so many photos. */
  units(photos: number): number;
  /** Whether it is about what photos have in common. */
  readonly ofSeveral?: boolean;
  /** Whether it measures depth between photos. */
  readonly ofDense?: boolean;
}

const STAGES: readonly RunStep[] = [
  { stage: "download", name: "Loading the network", units: () => 1 },
  { stage: "images", name: "Reading photos", units: (n) => n },
  { stage: "encode", name: "Encoding photos", units: (n) => n },
  { stage: "decode", name: "Comparing pairs", units: (n) => Math.max(1, 2 * pairsOf(n)) },
  { stage: "align", name: "Aligning", units: (n) => n },
  { stage: "features", name: "Finding features", units: (n) => n, ofSeveral: true },
  { stage: "refine", name: "Refining cameras", units: pairsOf, ofSeveral: true },
  { stage: "adjust", name: "Adjusting cameras", units: () => 4, ofSeveral: true },
  { stage: "realign", name: "Aligning refined cameras", units: (n) => n, ofSeveral: true },
  { stage: "stereo", name: "Measuring depth", units: (n) => 6 * n, ofSeveral: true, ofDense: true },
  { stage: "export", name: "Preparing the view", units: () => 1 },
];
/** Of a photo alone, which is compared with itself. */
const STAGES_OF_ONE: readonly RunStep[] = STAGES.filter(({ ofSeveral }) => !ofSeveral).map((step) =>
  step.stage === "decode" ? { ...step, name: "Finding its shape" } : step,
);
/** Of so many photos that features tell which are compared. */
const STAGES_OF_MANY: readonly RunStep[] = STAGES.flatMap((step) => {
  if (step.stage === "features") return [];
  return step.stage === "decode" ? [...STAGES.filter(({ stage }) => stage === "features"), step] : [step];
});

/** The stages of a reconstruction of so many photos, in their order; `dense` when depth is measured between them, too. */
export function stagesOf(photos: number, dense: boolean): readonly RunStep[] {
  if (photos === 1) return STAGES_OF_ONE;
  return (photos > COMPLETE_UP_TO ? STAGES_OF_MANY : STAGES).filter(({ ofDense }) => dense || !ofDense);
}

/** Seconds for one unit of each stage, on this device. */
export type StagePace = Readonly<Partial<Record<RunStage, number>>>;

/** Before anything was measured here: seconds of an ordinary laptop's browser. */
export const FIRST_PACE: StagePace = {
  download: 3,
  images: 0.3,
  encode: 0.3,
  decode: 0.3,
  features: 0.8,
  refine: 0.3,
  adjust: 0.1,
  align: 0.2,
  realign: 0.2,
  stereo: 2,
  export: 0.5,
};

/** How far a run is. */
export interface RunStatus {
  /** The stage at work, null before the first. */
  readonly stage: RunStage | null;
  readonly done: number;
  readonly total: number;
  /** Of all the work, by the time that it takes. */
  readonly share: number;
  readonly secondsLeft: number;
}

/** Follows a run and tells how long it will take, from the pace of earlier runs and its own. */
export class RunClock {
  readonly #photos: number;
  readonly #stages: readonly RunStep[];
  readonly #pace: StagePace;
  readonly #measured = new Map<RunStage, number>();
  readonly #spent = new Map<RunStage, { seconds: number; done: number; total: number }>();
  #stage: RunStage | null = null;
  #last: number;

  /** `now` in seconds, as in all calls. */
  constructor(
    photos: number,
    { stages, pace, now }: { readonly stages: readonly RunStep[]; readonly pace: StagePace; readonly now: number },
  ) {
    this.#photos = photos;
    this.#stages = stages;
    this.#pace = pace;
    this.#last = now;
  }

  /** Takes note of a step. */
  step(event: ProgressEvent, now: number): void {
    const isAgain = this.#spent.has("realign") || (this.#spent.has("align") && this.#stage !== "align");
    const stage = event.stage === "align" && isAgain ? "realign" : event.stage;
    // Of a download only the share means something to people, and to the next run.
    const {
      done,
      total,
      reused = 0,
    } = stage === "download" ? { done: event.total > 0 ? event.done / event.total : 1, total: 1 } : event;
    const spent = this.#spent.get(stage) ?? { seconds: 0, done: 0, total };
    spent.seconds += now - this.#last;
    spent.done = done;
    spent.total = total;
    this.#spent.set(stage, spent);
    const worked = done - reused;
    if (worked > 0) this.#measured.set(stage, spent.seconds / worked);
    this.#stage = stage;
    this.#last = now;
  }

  /** How far the run is now. */
  status(now: number): RunStatus {
    const stages = this.#stages;
    const at = stages.findIndex(({ stage }) => stage === this.#stage);
    let [past, left] = [0, 0];
    for (const [i, { stage, units }] of stages.entries()) {
      const spent = this.#spent.get(stage);
      const pace = this.#measured.get(stage) ?? this.#pace[stage] ?? 0;
      past += spent?.seconds ?? 0;
      if (i === at && spent) left += Math.max(0, (spent.total - spent.done) * pace - (now - this.#last));
      else if (i > at) left += units(this.#photos) * pace;
    }
    past += now - this.#last;
    const current = this.#stage === null ? undefined : this.#spent.get(this.#stage);
    return {
      stage: this.#stage,
      done: current?.done ?? 0,
      total: current?.total ?? 0,
      share: past + left > 0 ? Math.min(0.99, past / (past + left)) : 0,
      secondsLeft: left,
    };
  }

  /** The pace of this run, with that of earlier ones where it measured none. */
  pace(): StagePace {
    return { ...this.#pace, ...Object.fromEntries(this.#measured) };
  }
}

/** A time in words, no more exact than it is known. */
export function formatLeft(seconds: number): string {
  if (seconds < 3) return "a moment";
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  return `about ${Math.ceil(seconds / 60)} min`;
}
