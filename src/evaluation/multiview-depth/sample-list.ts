import { FormatError } from "../../core/errors.ts";
import { readPickle } from "../../formats/pickle.ts";
import { PickleProblem, type PickleVocabulary } from "../../formats/pickle-machine.ts";

/** One sample of RobustMVD: a key view with its depth, and views beside it. Paths are relative to `base`. */
export interface MultiviewSample {
  readonly name: string;
  /** Relative to the data set's folder. */
  readonly base: string;
  /** All views, in the list's order. */
  readonly images: readonly string[];
  readonly depth: string;
  /** Index into `images`. */
  readonly keyView: number;
}

/** An object of a Python class: all that is wanted of it is its fields. */
class PythonObject {
  fields: unknown;
}

/**
 * A sample list of the RobustMVD benchmark (Schröppel et al. 2022), `sample_lists/*.robustmvd.mvd.pickle` of its repository.
 * Nothing of it is run, see `readPickle`; poses and intrinsics are passed over, as the network needs neither.
 */
export function readSampleList(bytes: Uint8Array, path: string): readonly MultiviewSample[] {
  const samples = readPickle(path, bytes, VOCABULARY);
  if (!Array.isArray(samples) || samples.length === 0)
    throw new FormatError(path, "its pickle is not a list of samples");
  return samples.map((sample, i) => sampleOf(sample, `${path}, sample ${i}`));
}

const SETS = ["kitti", "scannet", "eth3d", "dtu", "tanks_and_temples"];
const CLASSES = ["KITTI", "ScanNet", "ETH3D", "DTU", "TanksAndTemples"].flatMap((set) =>
  ["Sample", "Image", "Depth"].map((kind) => `${set}${kind}`),
);

const VOCABULARY: PickleVocabulary = {
  globals: new Map<string, unknown>([
    ...SETS.flatMap((set) => CLASSES.map((name) => [`rmvd.data.${set}.${name}`, () => new PythonObject()] as const)),
    ["numpy.core.multiarray._reconstruct", () => new PythonObject()],
    ["numpy.core.multiarray.scalar", () => new PythonObject()],
    ["numpy.ndarray", "ndarray"],
    ["numpy.dtype", () => new PythonObject()],
  ]),
  persistentLoad() {
    throw new PickleProblem("refers to data outside of it");
  },
  setState(target, state) {
    if (target instanceof PythonObject) target.fields = state;
  },
};

function sampleOf(sample: unknown, where: string): MultiviewSample {
  const fields = fieldsOf(sample, where);
  const data = fields.get("data");
  if (!(data instanceof Map)) throw new FormatError(where, "has no data");
  const images = data.get("images");
  const keyView = data.get("keyview_idx") ?? 0;
  if (!Array.isArray(images)) throw new FormatError(where, "has no images");
  if (typeof keyView !== "number" || !(keyView in images))
    throw new FormatError(where, `key view ${keyView} of ${images.length}`);
  return {
    name: textOf(fields.get("name"), where),
    base: fields.has("base") ? textOf(fields.get("base"), where) : "",
    images: images.map((image) => textOf(fieldsOf(image, where).get("path"), where)),
    depth: textOf(fieldsOf(data.get("depth"), where).get("path"), where),
    keyView,
  };
}

function fieldsOf(value: unknown, where: string): ReadonlyMap<unknown, unknown> {
  if (value instanceof PythonObject && value.fields instanceof Map) return value.fields;
  throw new FormatError(where, "an object of RobustMVD's classes is expected");
}

function textOf(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new FormatError(where, `a text is expected, found ${typeof value}`);
}
