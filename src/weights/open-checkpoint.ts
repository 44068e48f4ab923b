import { absolutePath, type OpenFile, openFile, pathContent, readText, realPath, siblingPath } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parsePythonJson } from "../formats/python-json.ts";
import type { NetworkConfig } from "../network/config.ts";
import { inferConfig } from "../network/infer-config.ts";
import { parameterShapes } from "../network/parameters.ts";
import type { Checkpoint, TensorLocation, WeightElementType } from "./checkpoint.ts";
import { fingerprint } from "./fingerprint.ts";
import { readWeightsFile, type WeightsFile } from "./weights-file.ts";

/** What the caller knows of a checkpoint beyond its path. */
export interface OpenCheckpointOptions {
  /** What the user called it; the path by default. */
  readonly name?: string;
  /** The license of the weights. */
  readonly licence?: string | undefined;
}

/**
 * Opens weights in place: a `.safetensors` or `.pth` file, or a folder in the hub layout (`config.json`,
 * `model.safetensors`). Only headers are read, whatever the size. Throws an `InputError` when there is nothing at the
 * path, and a `FormatError` that lists by name what is missing or misshapen.
 */
export async function openCheckpoint(path: string, options: OpenCheckpointOptions = {}): Promise<Checkpoint> {
  const weightsPath = await findWeights(path);
  const file = await openFile(weightsPath);
  try {
    return await readCheckpoint(file, options.name ?? path, options.licence);
  } finally {
    await file.close();
  }
}

async function findWeights(path: string): Promise<string> {
  const content = await pathContent(path);
  if (content.kind === "missing") throw new InputError(`${path}: there is no such file or folder`);
  if (content.kind === "file") return path;
  const weights = content.files.find((file) => /[\\/]model\.safetensors$/.test(file));
  if (weights !== undefined) return weights;
  throw new InputError(`${path}: a model's folder holds model.safetensors and config.json, and this one does not`);
}

async function readCheckpoint(file: OpenFile, name: string, licence: string | undefined): Promise<Checkpoint> {
  const weights = await readWeightsFile(file);
  const names = officialNames(weights.shapes);
  const shapes = new Map([...names].map(([official, stored]) => [official, weights.shapes.get(stored)!]));
  const keywords = await readKeywords(file.name, weights);
  const { config, notes } = inferConfig({ file: file.name, shapes, keywords });
  const tensors = await locateParameters(file.name, config, { weights, names });
  const used = new Set([...tensors.keys()].map((official) => names.get(official)));
  const unused = [...weights.shapes.keys()].filter((stored) => !used.has(stored));
  return {
    name,
    path: await realPath(absolutePath(file.name)),
    byteLength: file.size,
    config,
    tensors,
    notes: unused.length === 0 ? notes : [...notes, `tensors it does not need: ${summary(unused, 3, ", ")}`],
    hash: await fingerprint(file, config, tensors),
    licence,
  };
}

/** The constructor's keywords from the file itself, else from the `config.json` beside it. */
async function readKeywords(path: string, weights: WeightsFile): Promise<Readonly<Record<string, unknown>>> {
  if (Object.keys(weights.keywords).length > 0) return weights.keywords;
  const configPath = siblingPath(path, "config.json");
  const text = await readText(configPath);
  if (text === undefined) return {};
  const value = parsePythonJson(configPath, text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FormatError(configPath, "expected a JSON object with the network's settings");
}

/**
 * Official name to the file's own. Two names may mean one tensor: DPT files list `scratch.layerN_rn` and
 * `scratch.layer_rn.(N-1)`, and the second decoder of a CroCo file starts as a copy of the only one it has.
 */
function officialNames(shapes: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> {
  const names = new Map([...shapes.keys()].map((name) => [name, name]));
  const oneDecoder = ![...shapes.keys()].some((name) => name.startsWith("dec_blocks2."));
  for (const stored of shapes.keys()) {
    const alias = stored
      .replace(/\.scratch\.layer([1-4])_rn\./, (_, level) => `.scratch.layer_rn.${Number(level) - 1}.`)
      .replace(/^dec_blocks\./, oneDecoder ? "dec_blocks2." : "$&");
    if (!names.has(alias)) names.set(alias, stored);
  }
  return names;
}

interface StoredTensors {
  readonly weights: WeightsFile;
  readonly names: ReadonlyMap<string, string>;
}

async function locateParameters(
  path: string,
  config: NetworkConfig,
  { weights, names }: StoredTensors,
): Promise<ReadonlyMap<string, TensorLocation>> {
  const tensors = new Map<string, TensorLocation>();
  const problems: string[] = [];
  for (const [name, expected] of parameterShapes(config)) {
    const stored = names.get(name);
    const shape = stored === undefined ? undefined : weights.shapes.get(stored);
    if (stored === undefined || shape === undefined) problems.push(`${name} is missing`);
    else if (String(shape) !== String(expected)) problems.push(`${name} is [${shape}] instead of [${expected}]`);
    else {
      const { dtype, ...place } = await weights.locate(stored);
      if (isWeightDtype(dtype)) tensors.set(name, { dtype, ...place });
      else problems.push(`${name} is of type ${dtype}`);
    }
  }
  if (problems.length > 0) throw new FormatError(path, `unusable weights: ${summary(problems, 10, "; ")}`);
  return tensors;
}

function isWeightDtype(dtype: string): dtype is WeightElementType {
  return dtype === "F32" || dtype === "F16" || dtype === "BF16" || dtype === "F64";
}

function summary(items: readonly string[], limit: number, separator: string): string {
  const more = items.length > limit ? `${separator}and ${items.length - limit} more` : "";
  return items.slice(0, limit).join(separator) + more;
}
