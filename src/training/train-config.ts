import { z } from "zod";
import { InputError } from "../core/errors.ts";
import type { NetworkConfig, StackConfig } from "../network/config.ts";

/** One leg of the curriculum: a resolution, a difficulty, and how long. */
export interface TrainStage {
  /** Views are this wide and high in landscape, the other way round in portrait. */
  readonly width: number;
  readonly height: number;
  /** Optimizer steps. */
  readonly steps: number;
  /** Unordered pairs per batch, each used in both directions. */
  readonly pairs: number;
  /** Batches whose gradients are averaged before a step. */
  readonly accumulate: number;
  readonly learningRate: number;
  readonly finalLearningRate: number;
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Mutual overlap of a pair, drawn evenly from this range. */
  readonly overlap: readonly [number, number];
}

/** What `dust3r train` is told, with every default filled in. */
export interface TrainConfig {
  readonly seed: number;
  readonly network: {
    readonly patchSize: number;
    readonly encoder: StackConfig;
    readonly decoder: StackConfig;
    readonly head: "linear";
  };
  readonly stages: readonly TrainStage[];
  readonly optimizer: "adamw" | "muon";
  /** Weight of the confidence term, the paper's α; 0 trains without confidence. */
  readonly alpha: number;
  /** Gradients longer than this are shortened. */
  readonly clip: number;
  readonly weightDecay: number;
  readonly data: {
    /** Views per scene. */
    readonly views: number;
    /** Scenes that a batch draws from. */
    readonly scenes: number;
    /** Scenes replaced per batch: fewer means that pairs are seen more often. */
    readonly fresh: number;
    /** Share of scenes photographed upright. */
    readonly portrait: number;
    /** Strength of the colour jitter. */
    readonly jitter: number;
    /** Processes that make batches. */
    readonly workers: number;
  };
  readonly validation: { readonly pairs: number; readonly everySteps: number };
  /** A checkpoint is written this often. */
  readonly checkpointMinutes: number;
}

const schema: z.ZodType<TrainConfig> = (() => {
  const positive = z.number().positive();
  const count = z.int().positive();
  const share = z.number().min(0).max(1);
  const stack = z.strictObject({ dim: count, depth: count, heads: count });
  const stage = z.strictObject({
    width: count,
    height: count,
    steps: count,
    pairs: count.default(32),
    accumulate: count.default(1),
    learningRate: positive.default(1e-3),
    finalLearningRate: positive.default(1e-6),
    warmup: z.int().min(0).default(500),
    overlap: z.tuple([share, share]).default([0.1, 0.9]),
  });
  return z.strictObject({
    seed: z.int().default(1),
    network: z.strictObject({
      patchSize: count.default(8),
      encoder: stack,
      decoder: stack,
      head: z.literal("linear").default("linear"),
    }),
    stages: z.array(stage).min(1),
    optimizer: z.enum(["adamw", "muon"]).default("adamw"),
    alpha: z.number().min(0).default(0.2),
    clip: positive.default(1),
    weightDecay: z.number().min(0).default(0.05),
    data: z
      .strictObject({
        views: z.int().min(2).default(8),
        scenes: count.default(64),
        fresh: positive.default(0.5),
        portrait: share.default(0.2),
        jitter: share.default(0.3),
        workers: count.default(1),
      })
      .prefault({}),
    validation: z.strictObject({ pairs: count.default(64), everySteps: count.default(1000) }).prefault({}),
    checkpointMinutes: positive.default(5),
  });
})();

/** Checks a configuration; an `InputError` names every wrong field, and the field a misspelt one may have meant. */
export function parseTrainConfig(path: string, value: unknown): TrainConfig {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const where = issue.path.join(".") || "the file";
    if (issue.code !== "unrecognized_keys") return `${where}: ${issue.message}`;
    const known = knownKeys(issue.path);
    return `${where}: ${issue.keys.map((key) => `"${key}" is unknown${suggestion(key, known)}`).join(", ")}`;
  });
  throw new InputError(`${path}: the configuration cannot be used:\n  ${problems.join("\n  ")}`);
}

/** The network that a configuration describes. */
export function configuredNetwork({ network, stages }: TrainConfig): NetworkConfig {
  const { width, height } = stages.at(-1)!;
  return {
    patchSize: network.patchSize,
    encoder: network.encoder,
    decoder: network.decoder,
    mlpRatio: 4,
    ropeBase: 100,
    head: { kind: network.head },
    depthMode: "exp",
    confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
    imageSize: { width, height },
  };
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = z.toJSONSchema(schema, { io: "input" });
  for (const key of path) {
    const node = at as { properties?: Record<string, unknown>; items?: unknown };
    at = typeof key === "number" ? node.items : node.properties?.[String(key)];
  }
  return Object.keys((at as { properties?: object } | undefined)?.properties ?? {});
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = [...known].sort((a, b) => editDistance(key, a) - editDistance(key, b))[0];
  return nearest !== undefined && editDistance(key, nearest) <= 3 ? `; did you mean "${nearest}"?` : "";
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1]!.toLowerCase() === b[j - 1]!.toLowerCase() ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replace));
    }
    row = next;
  }
  return row[b.length]!;
}
