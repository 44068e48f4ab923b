import type { ByteSource } from "../../core/byte-source.ts";
import { FormatError } from "../../core/errors.ts";
import { imagePlane } from "../../core/image-plane.ts";
import type { PairPrediction } from "../../core/pair-prediction.ts";
import type { PixelMapping, Size, View, ViewPair } from "../../core/view.ts";
import { readSafetensorsHeader, type SafetensorsHeader } from "../../formats/safetensors.ts";
import { readFloats, type TensorEntry } from "../../formats/tensor-entry.ts";
import { pictureOfInput } from "../network-input.ts";
import { PAIR_MAPS, type PairMap, pairTensor, viewTensor } from "./pairs-layout.ts";
import { applyPairsMetadata } from "./pairs-metadata.ts";

/** Predictions kept in a file, by `dust3r infer` or any other program. */
export interface PairsFile {
  /** What gave the predictions; "unknown" where the file does not say. */
  readonly model: string;
  /** In the order of their indices. Without `view.i` in the file, `rgb` is empty. */
  readonly views: readonly View[];
  /** In the order of the file. */
  readonly pairs: readonly ViewPair[];
  /** Reads one pair after another: all in the order of the file, or those of a list in its order. */
  predictions(wanted?: readonly ViewPair[]): AsyncGenerator<PairPrediction>;
}

/** The identity: pixels of the file are the only ones known. */
const SAME_PIXELS: PixelMapping = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

/**
 * Opens a safetensors file of pairwise pointmaps: for ordered pairs of image indices `i-j.pointmap1` `[H1, W1, 3]`,
 * `i-j.confidence1` `[H1, W1]`, `i-j.pointmap2` `[H2, W2, 3]`, `i-j.confidence2` `[H2, W2]`, both pointmaps in the frame of
 * image i; optionally `view.i` `[3, H, W]` in [-1, 1]. Metadata, all optional: `model`, and as JSON `images`, the names,
 * and `originals`, per image how its pixels lie in the original photo. Throws a `FormatError` that names the tensor at
 * fault.
 */
export async function readPairsFile(source: ByteSource): Promise<PairsFile> {
  const header = await readSafetensorsHeader(source);
  const fail = (problem: string) => new FormatError(source.name, problem);
  const pairs = listPairs(header, fail);
  const sizes = imageSizes(header, pairs, fail);
  const bare: View[] = [];
  for (const [i, size] of sizes.entries()) {
    const entry = header.tensors.get(viewTensor(i));
    const rgb = entry ? pictureOfInput(await readFloats(source, entry)) : new Uint8Array();
    bare.push({ name: `image-${i}`, ...size, rgb, original: size, originalFromNetwork: SAME_PIXELS, hash: "" });
  }
  const views = applyPairsMetadata(bare, header.metadata, fail);
  const planes = views.map(imagePlane);
  return {
    model: header.metadata.model ?? "unknown",
    views,
    pairs,
    async *predictions(wanted = pairs) {
      for (const pair of wanted) {
        const read = (map: PairMap) => readFloats(source, header.tensors.get(pairTensor(pair, map))!);
        yield {
          ...pair,
          size1: planes[pair.view1]!,
          size2: planes[pair.view2]!,
          pointmap1: await read("pointmap1"),
          confidence1: await read("confidence1"),
          pointmap2: await read("pointmap2"),
          confidence2: await read("confidence2"),
        };
      }
    },
  };
}

type Fail = (problem: string) => FormatError;

function listPairs({ tensors }: SafetensorsHeader, fail: Fail): ViewPair[] {
  const pairs = new Map<string, ViewPair>();
  for (const name of tensors.keys()) {
    if (/^view\.\d+$/.test(name)) continue;
    const [, view1, view2, map] = /^(\d{1,9})-(\d{1,9})\.(\w+)$/.exec(name) ?? [];
    if (!(PAIR_MAPS as readonly (string | undefined)[]).includes(map)) {
      throw fail(`tensor ${name} is unknown; expected are view.0 and, for each pair, ${exampleNames()}`);
    }
    pairs.set(`${view1}-${view2}`, { view1: Number(view1), view2: Number(view2) });
  }
  if (pairs.size === 0) throw fail(`holds no pairs; expected are tensors such as ${exampleNames()}`);
  for (const pair of pairs.values()) {
    const missing = PAIR_MAPS.map((map) => pairTensor(pair, map)).find((name) => !tensors.has(name));
    if (missing !== undefined) throw fail(`tensor ${missing} is missing; every pair has ${PAIR_MAPS.join(", ")}`);
  }
  return [...pairs.values()];
}

function exampleNames(): string {
  return PAIR_MAPS.map((map) => pairTensor({ view1: 0, view2: 1 }, map)).join(", ");
}

/** The size of every image, by index; each tensor of an image must agree. */
function imageSizes({ tensors }: SafetensorsHeader, pairs: readonly ViewPair[], fail: Fail): Size[] {
  const count = new Set(pairs.flatMap(({ view1, view2 }) => [view1, view2])).size;
  const sizes: Size[] = [];
  for (const [name, entry] of tensors) {
    const image = imageOf(name);
    if (image >= count) {
      throw fail(`tensor ${name} is of image ${image}, but the pairs have ${count} images, counted from 0`);
    }
    const size = sizeOf(name, entry);
    if (size === undefined) throw fail(`tensor ${name} is [${entry.shape}]; ${EXPECTED_SHAPES}`);
    const known = sizes[image] ?? size;
    if (known.width !== size.width || known.height !== size.height) {
      throw fail(
        `tensor ${name} makes image ${image} ${size.width}x${size.height}, another ${known.width}x${known.height}`,
      );
    }
    sizes[image] = known;
  }
  return sizes;
}

const EXPECTED_SHAPES =
  "expected are [height, width, 3] of a pointmap, [height, width] of a confidence, [3, height, width] of a view";

function imageOf(name: string): number {
  const [first, second] = name.split(/[-.]/);
  return Number(name.startsWith("view.") || name.endsWith("2") ? second : first);
}

function sizeOf(name: string, { shape }: TensorEntry): Size | undefined {
  const [a = 0, b = 0, c = 0] = shape;
  const [height, width, channels, wanted] = name.startsWith("view.")
    ? [b, c, a, 3]
    : [a, b, shape[2], name.includes("pointmap") ? 3 : undefined];
  const axes = wanted === undefined ? 2 : 3;
  return shape.length === axes && channels === wanted && width > 0 && height > 0 ? { width, height } : undefined;
}
