import type { ByteSource } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { parseConstructorCall } from "../formats/python-literal.ts";
import { readSafetensorsHeader } from "../formats/safetensors.ts";
import type { TensorEntry } from "../formats/tensor-entry.ts";
import { readTorchFile, TorchNamespace, TorchTensor } from "../formats/torch-file.ts";

/** The tensors of a weights file, whatever its format, and the settings of their network. */
export interface WeightsFile {
  /** By the file's own names. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Keyword arguments of the network's constructor; empty where the file has none. */
  readonly keywords: Readonly<Record<string, unknown>>;
  /** Where the values of one of `shapes` lie. Throws a `FormatError` when they cannot be used in place. */
  locate(name: string): Promise<TensorEntry>;
}

/** Reads the headers of a `.safetensors` or `.pth` file; which of the two is decided by its content. */
export async function readWeightsFile(source: ByteSource): Promise<WeightsFile> {
  if (source.size === 0) throw new FormatError(source.name, "the file is empty");
  const start = await source.read(0, Math.min(source.size, 24));
  const text = String.fromCharCode(...start);
  if (text.startsWith("PK")) return torchWeights(source);
  if (start[0] === 0x80 && start[1]! <= 5 && start[1]! >= 2 && start[2] !== 0) {
    throw new FormatError(
      source.name,
      "a checkpoint in the format PyTorch had before version 1.6; load it and save it again with a recent PyTorch",
    );
  }
  if (text.startsWith("version https://git-lfs")) {
    throw new FormatError(
      source.name,
      "only a Git LFS pointer, not the weights themselves; fetch them with git lfs pull",
    );
  }
  return safetensorsWeights(source);
}

async function safetensorsWeights(source: ByteSource): Promise<WeightsFile> {
  const { tensors } = await readSafetensorsHeader(source);
  return {
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    keywords: {},
    locate: async (name) => tensors.get(name)!,
  };
}

/** A training checkpoint `{ model, args, … }` of DUSt3R, one `{ model, croco_kwargs }` of CroCo, or bare tensors. */
async function torchWeights(source: ByteSource): Promise<WeightsFile> {
  const { root, locate } = await readTorchFile(source);
  const checkpoint = root instanceof Map ? root : new Map();
  const model = checkpoint.get("model") instanceof Map ? checkpoint.get("model") : checkpoint;
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of model) {
    if (typeof name === "string" && value instanceof TorchTensor) tensors.set(name, value);
  }
  return {
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    keywords: torchKeywords(source.name, checkpoint),
    locate: (name) => locate(name, tensors.get(name)!),
  };
}

function torchKeywords(file: string, checkpoint: ReadonlyMap<unknown, unknown>): Readonly<Record<string, unknown>> {
  const args = checkpoint.get("args");
  const call = args instanceof TorchNamespace ? args.attributes.get("model") : undefined;
  if (typeof call === "string") return parseConstructorCall(file, call).keywords;
  const croco = checkpoint.get("croco_kwargs");
  return croco instanceof Map ? (Object.fromEntries(croco) as Record<string, unknown>) : {};
}
