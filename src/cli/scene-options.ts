import { type Command, InvalidArgumentError, Option } from "commander";
import { ALIGN_METHODS, type AlignMethod } from "../alignment/align-options.ts";
import type { DepthSize } from "../core/dense-scene.ts";
import { DEFAULT_EXPORT_KINDS, EXPORT_KINDS, type ExportKind } from "../export/export-kinds.ts";
import type { LeastConfidence } from "../export/point-filter.ts";
import {
  DENSE_METHODS,
  type DenseMethod,
  MOST_MEASURED,
  RECONSTRUCT_DEFAULTS,
  REFINE_METHODS,
  type RefineMethod,
} from "../pipeline/reconstruct-options.ts";
import { type ExifFlags, finiteNumber, positiveInteger, withExifOption } from "./shared-options.ts";

/** Flags of every command that refines cameras. */
export interface RefineFlags {
  readonly refine: RefineMethod;
  readonly featureSize: number;
}

/** Flags of every command that measures depth. */
export interface DenseFlags {
  readonly dense?: DenseMethod;
  readonly depthSize?: DepthSize;
}

/** Flags of every command that makes a scene. */
export interface SceneFlags extends ExifFlags, DenseFlags {
  readonly minConfidence: LeastConfidence;
  readonly export: readonly ExportKind[];
  readonly points?: number;
  readonly seed: number;
  /** Left out, alignment decides. */
  readonly align?: AlignMethod;
  readonly intrinsics?: string;
  readonly poses?: string;
  readonly sharedFocal?: SharedFocal;
  readonly masks?: string;
  readonly maskSky?: true;
  readonly scaleDistance?: string;
  readonly metric?: true;
}

/** When photos share a focal length. */
const SHARED_FOCAL = ["auto", "yes", "no"] as const;
type SharedFocal = (typeof SHARED_FOCAL)[number];
/** What `--min-confidence` means for a scene, for help texts. */
export const MIN_CONFIDENCE_HELP =
  "leave out points below this confidence; auto: 3, or what the best 70 % of them reach";

/** Parses a number or `auto`. */
export function leastConfidence(text: string): LeastConfidence {
  return text === "auto" ? text : finiteNumber(text);
}

/** Adds `--min-confidence`, `--export`, `--seed`, `--align` and what may be known of the photos. */
export function withSceneOptions(command: Command): Command {
  command
    .option("--min-confidence <c>", MIN_CONFIDENCE_HELP, leastConfidence, "auto" as const)
    .option("--export <kinds>", `comma-separated: ${EXPORT_KINDS.join(",")}`, parseKinds, DEFAULT_EXPORT_KINDS)
    .option("--points <n>", "files of points have at most so many, an even choice of all", positiveInteger)
    .option("--seed <n>", "equal seeds give equal scenes", finiteNumber, 0)
    .addOption(
      new Option("--align <how>", "over all pairs, by chained pairs, or not at all (default: global)").choices(
        ALIGN_METHODS,
      ),
    )
    .option(
      "--intrinsics <file>",
      "K or focal, and distortion, in original pixels: JSON for all photos or each by its file, transforms.json, COLMAP cameras",
    )
    .option(
      "--poses <file>",
      "known poses: JSON (file, world_from_cam), COLMAP images.txt or .bin, or a transforms.json",
    )
    .addOption(
      new Option(
        "--shared-focal [when]",
        "photos of one size have one focal length: auto (if camera and lens agree), yes or no (default: auto)",
      )
        .preset("yes")
        .argParser(parseSharedFocal),
    );
  return withExifOption(command)
    .option("--masks <folder>", "NAME.png for photo NAME, black where the photo is not to be used")
    .option("--mask-sky", "also leave out the sky, where it is blue or bright and reaches the upper border")
    .option("--scale-distance <known>", 'a distance in meters between two pixels: "a.jpg:x1,y1:x2,y2=0.8"')
    .option("--metric", "the network predicts meters, so the scene is in meters");
}

function parseSharedFocal(text: string): SharedFocal {
  const found = SHARED_FOCAL.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(
    `"${text}" is none of ${SHARED_FOCAL.join(", ")}; a photo goes before --shared-focal.`,
  );
}

function parseKinds(text: string): ExportKind[] {
  return text.split(",").map((kind) => {
    if ((EXPORT_KINDS as readonly string[]).includes(kind)) return kind as ExportKind;
    throw new InvalidArgumentError(`"${kind}" is none of ${EXPORT_KINDS.join(", ")}.`);
  });
}

/** Adds `--refine` and `--feature-size`. */
export function withRefineOptions(command: Command): Command {
  return withFeatureSizeOption(
    command.addOption(
      new Option("--refine <how>", "cameras by local features and bundle adjustment, or the network's as they are")
        .choices(REFINE_METHODS)
        .default(RECONSTRUCT_DEFAULTS.refine),
    ),
  );
}

/** Adds `--feature-size`. */
export function withFeatureSizeOption(command: Command): Command {
  return command.option(
    "--feature-size <pixels>",
    "long side at which photos are looked at for features; larger ones are reduced",
    positiveInteger,
    RECONSTRUCT_DEFAULTS.featureSize,
  );
}

/** Adds `--dense`, the first of some methods unless told otherwise, and `--depth-size`. */
export function withDenseOptions(command: Command, methods: readonly DenseMethod[] = DENSE_METHODS): Command {
  const auto = methods.includes("auto") ? `; auto measures between up to ${MOST_MEASURED} photos` : "";
  return withDepthSizeOption(
    command.addOption(
      new Option(
        "--dense <how>",
        `depth and points measured by stereo where photos agree, or the network's alone${auto}`,
      )
        .choices(methods)
        .default(methods[0]),
    ),
  );
}

/** Adds `--depth-size`. */
export function withDepthSizeOption(command: Command): Command {
  return command.option(
    "--depth-size <pixels>",
    "long side of depth maps by stereo, at most the photo's own, or full (default: 1024)",
    parseDepthSize,
  );
}

function parseDepthSize(text: string): DepthSize {
  if (text === "full") return text;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("a whole number of at least 1, or full, is expected.");
}
