import { z } from "zod";
import { MATCH_METHODS } from "../pipeline/match-methods.ts";
import { answerStatusSchema, matrixSchema, pairingSchema, SCENE_JSON } from "../scene-file/scene-schema.ts";
import { RELATIVE_POSE_METHODS } from "../tasks/relative-pose-methods.ts";

/** What commands print with `--json`; for the tests, and for `schemas/`. */
export interface JsonAnswer {
  /** Of its file in `schemas/`. */
  readonly name: string;
  /** The commands that print it; `eval` stands for all of its own that have no entry. */
  readonly commands: readonly string[];
  readonly schema: z.ZodType;
}

const count = z.int().min(0);
const file = z.string().min(1).describe("The photo's file name");
const units = z.enum(["arbitrary", "metres"]).describe("Of translations and depth");
const poseSchema = matrixSchema(4, 4);
const calibration = matrixSchema(3, 3).describe("[[fx, 0, cx], [0, fy, cy], [0, 0, 1]] in original pixels");
const unusable = z.object({ frame: z.string(), problem: z.string().describe("Why it cannot be used") });

const warnings = z.array(z.string()).describe("What speaks against the answer, one sentence each");

/** Whether evidence supports an answer. */
const verdict = { status: answerStatusSchema, warnings };

const match = z.object({
  ...verdict,
  method: z.enum(MATCH_METHODS).describe("Of the network's points, or of local features"),
  matches: z
    .array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]))
    .describe("[x1, y1, x2, y2, confidence] each, in original pixels of the first and the second photo"),
});

const focal = z.object({
  ...verdict,
  images: z.array(
    z.object({
      file,
      status: verdict.status,
      focal: z.number().positive().nullable().describe("In original pixels; null where the points hold none"),
      fov_x_deg: z.number().positive().nullable().describe("Horizontal field of view in degrees"),
      focal_source: z
        .enum(["exif", "network"])
        .nullable()
        .describe("By the network and EXIF data together, or by the network alone; null with the focal length"),
    }),
  ),
});

const pose = z.object({
  ...verdict,
  cam2_from_cam1: poseSchema.describe("Row-major, OpenCV axes; the unit is the network's own"),
  baseline: z.number().min(0).describe("Distance between the cameras as a share of the median depth"),
  inlier_share: z.number().describe("Share of the pixels that agree with the pose"),
  pose_source: z
    .enum(["refined", "network"])
    .describe("Whether local features of the photos fix the pose, or it is the network's alone"),
  method: z.enum(RELATIVE_POSE_METHODS).describe("Of the network's own pose"),
  images: z
    .array(
      z.object({
        file,
        focal: z.number().positive().describe("That the pose was found with, in original pixels"),
        focal_source: z
          .enum(["features", "exif", "network", "assumed"])
          .describe(
            "By local features, by the network and EXIF data together, by the network alone, or assumed for want of any",
          ),
      }),
    )
    .length(2),
});

const depth = z.object({
  ...verdict,
  units,
  images: z
    .array(
      z.object({
        file,
        depth: z.string().describe("The map in the first format asked for, relative to the output folder"),
        scale: z.number().positive().describe("Of the PNG: z-depth = scale × code; code 0 where there is none"),
        K: calibration,
        source: z
          .string()
          .optional()
          .describe("With --dense stereo: the map of where depth comes from, 1 not measured, 2 stereo, 0 nowhere"),
      }),
    )
    .describe("The photos that were connected to the others"),
  left_out: z.array(file).describe("The photos that were not: they have no depth map"),
});

const localize = z.object({
  ...verdict,
  units,
  queries: z.array(
    z.object({
      file,
      registered: z.boolean().describe("False for a photo that could not be located"),
      cam_from_world: poseSchema.nullable().describe("Row-major, OpenCV axes, in the world of the map"),
      K: calibration.nullable(),
      pose_source: z
        .enum(["refined", "network"])
        .nullable()
        .describe("Whether local features fix the pose, or it is the network's alone; null without one"),
      focal_source: z
        .enum(["given", "features", "map", "exif", "network"])
        .nullable()
        .describe(
          "Where K comes from: given, local features, the camera of the map's photos, EXIF data, or found by the network and the map; " +
            "null with K",
        ),
      inliers: count.describe("Matches that agree with the pose"),
    }),
  ),
});

const infer = z.object({
  file: z.string().describe("The file that was written"),
  images: z.array(file).describe("By their indices in the file"),
  pairs: count.describe("How many ordered pairs the file holds"),
  pairing: pairingSchema,
  warnings,
});

const stack = z.object({ dim: count, depth: count, heads: count });
const head = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("linear") }),
  z.object({
    kind: z.literal("dpt"),
    feature_dim: count,
    last_dim: count,
    layer_dims: z.tuple([count, count, count, count]),
  }),
  z.object({ kind: z.literal("none") }),
]);
const bound = z.union([z.number(), z.enum(["Infinity", "-Infinity"])]);
const model = z.object({
  name: z.string(),
  path: z.string().describe("The file that holds the weights"),
  byte_length: count.describe("Bytes of that file"),
  parameters: count.describe("Numbers that the network reads"),
  dtypes: z.array(z.enum(["F32", "F16", "BF16", "F64"])).describe("Number formats, the most frequent first"),
  config: z
    .object({
      patch_size: count,
      encoder: stack,
      decoder: stack,
      mlp_ratio: z.number(),
      rope_base: z.number(),
      cosine_positions: z.boolean().optional(),
      head,
      depth_mode: z.enum(["exp", "linear", "square"]),
      confidence_mode: z.object({ kind: z.enum(["exp", "sigmoid"]), min: bound, max: bound }),
      image_size: z.object({ height: count, width: count }).describe("The size that the weights were trained at"),
      mirror: z.boolean().optional().describe("Whether test-time augmentation by horizontal flip is on by default"),
    })
    .describe("What decides the network's graph"),
  licence: z.string().optional().describe("Left out where it is not known"),
  notes: z.array(z.string()),
});

const doctor = z.object({
  node: z.string(),
  platform: z.string(),
  processor: z.string(),
  cores: count,
  memory_gib: count,
  devices: z.array(
    z.object({
      device: z.string(),
      gflops: z.number().optional().describe("Rate of float32 matrix products; left out where it does not work"),
      problem: z.string().optional().describe("Why it does not work"),
    }),
  ),
  int8: z
    .object({
      exact: z.boolean().describe("Whether sums of 8-bit products come out right"),
      speedup: z.number().describe("Times as fast as float32"),
    })
    .optional()
    .describe("8-bit products on the CPU, as dtype q8 uses them"),
  models: z.array(z.string()),
  cache: z.string().describe("The folder of downloaded weights"),
});

const dataGenerate = z.object({ shards: z.array(z.string()).describe("Paths of the archives") });

const dataCheck = z.object({
  name: z.string(),
  scenes: count,
  frames: count,
  pairs: count,
  notes: z.array(z.string()),
  checked: count.describe("Frames that were read"),
  broken: z.array(unusable).describe("Of these, what cannot be used"),
  duplicates: z.array(z.tuple([z.string(), z.string()])).describe("A frame, and another one of the same picture"),
  depth_share: z.number().describe("Mean share of pixels that have depth"),
  pairs_checked: z.array(
    z.object({
      names: z.tuple([z.string(), z.string()]),
      seen: z.number().describe("Share of the first view's pixels with depth that the second shows"),
      difference: z.number().nullable().describe("Mean difference of color there, of 255; null where nothing is shown"),
    }),
  ),
  warnings: z.array(z.string()).describe("What makes the set as a whole doubtful"),
});

const dataPrepare = z.object({
  scenes: count,
  frames: count,
  reused: count.describe("Of the frames, how many an earlier run had finished"),
  pairs: count,
  skipped: z.array(unusable).describe("Frames that are left out"),
});

const dataPairs = z.object({
  file: z.string().describe("The list that was written"),
  how: z.string().describe("How the pairs were chosen"),
  pairs: z.array(z.tuple([z.string(), z.string(), z.number()])).describe("Two photos and their score each"),
  notes: z.array(z.string()),
});

const evaluation = z.object({
  benchmark: z.string(),
  model: z.string(),
  hash: z.string().describe("Of the weights"),
  dtype: z.string(),
  settings: z.record(z.string(), z.unknown()).describe("Whatever else decides the results"),
  items: count.describe("Of the whole evaluation"),
  measured: count,
  skipped: z.array(z.object({ id: z.string(), reason: z.string() })),
  figures: z.unknown().describe("What the benchmark measures, by names of its own"),
});

const comparison = z.object({
  title: z.string(),
  header: z.array(z.string()),
  rows: z.array(z.array(z.string())).describe("A row for each evaluation, then those for comparison"),
});

/** Every answer that a command has for `--json`. */
export const JSON_ANSWERS: readonly JsonAnswer[] = [
  { name: "scene", commands: ["reconstruct", "add", "align", "demo"], schema: SCENE_JSON },
  { name: "match", commands: ["match"], schema: match },
  { name: "focal", commands: ["focal"], schema: focal },
  { name: "pose", commands: ["pose"], schema: pose },
  { name: "depth", commands: ["depth"], schema: depth },
  { name: "localize", commands: ["localize"], schema: localize },
  { name: "infer", commands: ["infer"], schema: infer },
  { name: "models-list", commands: ["models list"], schema: z.array(model) },
  { name: "models-info", commands: ["models info", "models pull"], schema: model },
  { name: "doctor", commands: ["doctor"], schema: doctor },
  { name: "data-generate", commands: ["data generate"], schema: dataGenerate },
  { name: "data-check", commands: ["data check"], schema: dataCheck },
  { name: "data-prepare", commands: ["data prepare"], schema: dataPrepare },
  { name: "data-pairs", commands: ["data pairs"], schema: dataPairs },
  { name: "eval", commands: ["eval"], schema: evaluation },
  { name: "eval-compare", commands: ["eval compare"], schema: comparison },
];
