import { z } from "zod";
import { PAPER_PAIRS_PER_EPOCH } from "../../datasets/mixture.ts";
import { SET_NAMES, type SetName } from "../../datasets/set-names.ts";
import type { HeadConfig, NetworkConfig, StackConfig } from "../../network/config.ts";
import { SCENE_COLLECTIONS, type SceneCollection } from "../../procedural/scene-collection.ts";

/** One stage of the curriculum: a resolution, a difficulty, and how long. */
export interface TrainStage {
  /** Views are this wide and high in landscape, the other way round in portrait. */
  readonly width: number;
  readonly height: number;
  /** Other heights, up to the width: each batch has one of all of them. `height` is that of validation. */
  readonly otherHeights: readonly number[];
  /** Optimizer steps. */
  readonly steps: number;
  /** Unordered pairs per batch; training uses each in both directions, pre-training in one. */
  readonly pairs: number;
  /** Gradient accumulation: batches whose gradients are averaged before a step. */
  readonly accumulate: number;
  readonly learningRate: number;
  readonly finalLearningRate: number;
  /** Steps of linear learning rate warm-up. */
  readonly warmup: number;
  /** Mutual overlap of a pair, drawn evenly from this range. */
  readonly overlap: readonly [number, number];
}

/** The network without its head. */
export interface TrunkConfig {
  readonly patchSize: number;
  readonly encoder: StackConfig;
  readonly decoder: StackConfig;
  /** Adds absolute positions to the encoder's tokens, besides the rotary ones. */
  readonly cosinePositions: boolean;
}

/** A data set to draw pairs from. */
export interface SetConfig {
  readonly name: SetName;
  readonly folder: string;
  /** Pairs of it in each epoch of the mixture. */
  readonly pairs: number;
}

/** What every training run is told, whatever it learns, with every default filled in. */
export interface RunConfig {
  readonly seed: number;
  readonly network: TrunkConfig;
  readonly stages: readonly TrainStage[];
  readonly optimizer: "adamw" | "muon";
  /** Gradients are clipped to this norm. */
  readonly clip: number;
  readonly weightDecay: number;
  readonly data: {
    /** A folder of shards to draw scenes from; procedural ones are made on the way where left out. */
    readonly shards?: string | undefined;
    /** Data sets to draw pairs from, instead of scenes, each pair as often as the sets' sizes and shares say. */
    readonly sets?: readonly SetConfig[] | undefined;
    /** A folder of photos with a `scene.json` that has their poses and depth, to draw pairs from instead of scenes. */
    readonly photos?: string | undefined;
    /** Shards and photos only: a view may be up to this many pixels larger before it is cropped. */
    readonly spare: number;
    /** What procedural scenes are like. */
    readonly collection: SceneCollection;
    /** Collection `photos`: share of scenes drawn from `figures` instead, so that training does not forget them. */
    readonly figures: number;
    /** A folder of models (GLB, OBJ) in meters that scenes of `photos` are furnished with. */
    readonly assets?: string | undefined;
    /** A folder of pictures that paint surfaces of such scenes. */
    readonly textures?: string | undefined;
    /** Views per procedural scene. */
    readonly views: number;
    /** Scenes that a batch draws from. */
    readonly scenes: number;
    /** Scenes replaced per batch: fewer means that pairs are seen more often. */
    readonly fresh: number;
    /** Share of scenes photographed upright; other photos stand as they are. */
    readonly portrait: number;
    /** Strength of the color jitter. */
    readonly jitter: number;
    /** Processes that make batches. */
    readonly workers: number;
  };
  readonly validation: { readonly pairs: number; readonly everySteps: number };
  /** A checkpoint is written this often. */
  readonly checkpointMinutes: number;
}

const positive = z.number().positive();
const count = z.int().positive();
const share = z.number().min(0).max(1);
const stack = z.strictObject({ dim: count, depth: count, heads: count });
const set = z.strictObject({
  name: z.enum(SET_NAMES),
  folder: z.string().min(1),
  pairs: count.default(PAPER_PAIRS_PER_EPOCH),
});
const stage = z.strictObject({
  width: count,
  height: count,
  otherHeights: z.array(count).default([]),
  steps: count,
  pairs: count.default(32),
  accumulate: count.default(1),
  learningRate: positive.default(1e-3),
  finalLearningRate: positive.default(1e-6),
  warmup: z.int().min(0).default(500),
  overlap: z.tuple([share, share]).default([0.1, 0.9]),
});

type Fields<T> = { readonly [K in keyof T]: z.ZodType<T[K]> };

/** The schema's fields of `TrunkConfig`. */
export const TRUNK_FIELDS: Fields<TrunkConfig> = {
  patchSize: count.default(8),
  encoder: stack,
  decoder: stack,
  cosinePositions: z.boolean().default(false),
};

/** The schema's fields of `RunConfig` but for the network. */
export const RUN_FIELDS: Fields<Omit<RunConfig, "network">> = {
  seed: z.int().default(1),
  stages: z.array(stage).min(1),
  optimizer: z.enum(["adamw", "muon"]).default("adamw"),
  clip: positive.default(1),
  weightDecay: z.number().min(0).default(0.05),
  data: z
    .strictObject({
      shards: z.string().min(1).optional(),
      sets: z.array(set).min(1).optional(),
      photos: z.string().min(1).optional(),
      spare: z.int().min(0).default(16),
      collection: z.enum(SCENE_COLLECTIONS).default("figures"),
      figures: share.default(0),
      assets: z.string().min(1).optional(),
      textures: z.string().min(1).optional(),
      views: z.int().min(2).default(8),
      scenes: count.default(64),
      fresh: positive.default(0.5),
      portrait: share.default(0.2),
      jitter: share.default(0.3),
      workers: count.default(1),
    })
    .refine(
      ({ shards, sets, photos }) => [shards, sets, photos].filter((source) => source !== undefined).length <= 1,
      "give one of shards, sets and photos, not several",
    )
    .refine(
      ({ collection, assets, textures }) => collection === "photos" || (assets ?? textures) === undefined,
      "assets and textures are for scenes of the collection photos",
    )
    .refine(
      ({ collection, figures }) => collection === "photos" || figures === 0,
      "figures is the share of them among scenes of the collection photos",
    )
    .prefault({}),
  validation: z.strictObject({ pairs: count.default(64), everySteps: count.default(1000) }).prefault({}),
  checkpointMinutes: positive.default(5),
};

/** Names every other height that is none, or that landscape views do not have. */
export function checkOtherHeights({ network, stages }: RunConfig, context: z.RefinementCtx): void {
  stages.forEach(({ width, height, otherHeights }, stage) => {
    const refuse = (message: string, ...path: readonly PropertyKey[]) =>
      context.addIssue({ code: "custom", path: ["stages", stage, ...path], message });
    if (otherHeights.length > 0 && height > width) refuse(`above the width, ${width}`, "height");
    otherHeights.forEach((other, i) => {
      if (other > width) refuse(`${other} is above the width, ${width}`, "otherHeights", i);
      if (other === height) refuse(`${other} is the stage's height`, "otherHeights", i);
      if (other % network.patchSize !== 0) {
        refuse(`${other} is not a multiple of the patch size, ${network.patchSize}`, "otherHeights", i);
      }
      if (otherHeights.indexOf(other) < i) refuse(`${other} is given twice`, "otherHeights", i);
    });
  });
}

/** The network that a configuration describes, with the head that its objective needs. */
export function trunkWithHead({ network, stages }: RunConfig, head: HeadConfig): NetworkConfig {
  const { width, height } = stages.at(-1)!;
  return {
    patchSize: network.patchSize,
    encoder: network.encoder,
    decoder: network.decoder,
    mlpRatio: 4,
    ropeBase: 100,
    cosinePositions: network.cosinePositions,
    head,
    depthMode: "exp",
    confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
    imageSize: { width, height },
  };
}
