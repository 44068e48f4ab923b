import type { ByteSource } from "../../core/byte-source.ts";
import { FormatError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/progress.ts";
import { readSafetensorsHeader } from "../../formats/safetensors.ts";
import { type ByteSink, SafetensorsStream, type TensorSpec } from "../../formats/safetensors-writer.ts";
import { type NumericArray, readTensor } from "../../formats/tensor-entry.ts";
import { inputParts, layerBefore } from "../../network/quantized-layers.ts";
import type { ByteRange, Checkpoint, TensorLocation, WeightElementType } from "../checkpoint.ts";
import { sampleRange, sha256Of } from "../fingerprint.ts";
import { type LayerInputs, orderBySize } from "./layer-inputs.ts";
import { type QuantizedValues, quantizeWeight, roundingShift } from "./quantize-weight.ts";

/** Which weights of which checkpoint a file holds in 8 bits. */
export interface QuantizedContents {
  readonly checkpoint: Checkpoint;
  /** Names of fully connected layers. */
  readonly layers: ReadonlySet<string>;
  /** What these read; without it their biases, and the order of their inputs, stay as they are. */
  readonly inputs?: ReadonlyMap<string, LayerInputs> | undefined;
  /** Stands for all of it, and for the way of rounding. */
  readonly key: string;
}

/** The last tensor: SHA-256 of samples of the others, as hexadecimal text. */
const DIGEST = "digest";
const DIGEST_LENGTH = 64;

/**
 * Writes a checkpoint's tensors as safetensors, the layers' weights in 8 bits, one tensor in memory at a time.
 * @param source the checkpoint's file
 * @throws FormatError that names a weight with numbers that are not finite
 */
export async function writeQuantizedFile(
  sink: ByteSink,
  source: ByteSource,
  contents: QuantizedContents,
  { onProgress, signal }: RunOptions = {},
): Promise<void> {
  const { checkpoint, layers, key } = contents;
  const samples: Uint8Array[] = [];
  const sampling: ByteSink = {
    async write(bytes) {
      const { start, length } = sampleRange(bytes.length);
      samples.push(bytes.slice(start, start + length));
      await sink.write(bytes);
    },
  };
  const stream = await SafetensorsStream.open(sampling, tensorSpecs(contents), { key });
  samples.length = 0;
  let done = 0;
  const shifts = new Map<string, Float64Array>();
  for (const [name, location] of checkpoint.tensors) {
    signal?.throwIfAborted();
    const values = inOrder(name, await readTensor(source, location), contents);
    const weightOf = layerOf(name, "weight", layers);
    const biasOf = layerOf(name, "bias", layers);
    if (weightOf !== undefined) {
      const weight = Float32Array.from(values as Float32Array);
      const parts = quantizeInParts(weight, weightOf, location.shape[0]!);
      if (parts === undefined) {
        throw new FormatError(checkpoint.path, `${name} holds NaN or infinity: the weights are damaged`);
      }
      for (const [part, quantized] of parts.entries()) {
        const names = quantizedTensors(weightOf, part);
        await stream.write(names.values, quantized.values);
        await stream.write(names.scales, quantized.scales);
      }
      const mean = inputsInOrder(weightOf, contents)?.mean;
      if (mean !== undefined) shifts.set(weightOf, roundingShift(weight, parts, mean));
    } else if (biasOf !== undefined) {
      const shift = shifts.get(biasOf);
      await stream.write(
        name,
        Float32Array.from(values as Float32Array, (value, o) => value + (shift?.[o] ?? 0)),
      );
    } else await stream.write(name, values);
    done++;
    onProgress?.({ stage: "quantize", done, total: checkpoint.tensors.size, item: name });
  }
  await stream.write(DIGEST, new TextEncoder().encode(await sha256Of(samples)));
  stream.finish();
}

/**
 * The checkpoint as such a file holds it; `path` is the file's.
 * @throws FormatError when the file is damaged, or of other weights
 */
export async function readQuantizedFile(source: ByteSource, contents: QuantizedContents): Promise<Checkpoint> {
  const { checkpoint, key } = contents;
  const header = await readSafetensorsHeader(source);
  const specs = tensorSpecs(contents);
  const describe = (tensors: ReadonlyMap<string, TensorSpec>) =>
    JSON.stringify([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]));
  if (header.metadata.key !== key || describe(header.tensors) !== describe(specs)) {
    throw new FormatError(source.name, "it is of other weights");
  }
  const samples: Uint8Array[] = [];
  const tensors = new Map<string, TensorLocation>();
  const quantized = new Map<string, ByteRange>();
  for (const [name, entry] of header.tensors) {
    if (name === DIGEST) continue;
    const { start, length } = sampleRange(entry.byteLength);
    samples.push(await source.read(entry.offset + start, length));
    const original = checkpoint.tensors.get(name);
    if (original === undefined) quantized.set(name, entry);
    else tensors.set(name, { ...entry, dtype: entry.dtype as WeightElementType });
  }
  const { offset, byteLength } = header.tensors.get(DIGEST)!;
  const digest = new TextDecoder().decode(await source.read(offset, byteLength));
  if (digest !== (await sha256Of(samples))) throw new FormatError(source.name, "its numbers are not what was written");
  return { ...checkpoint, path: source.name, byteLength: source.size, hash: key, tensors, quantized };
}

/** The tensors of the file, in its order. */
function tensorSpecs({ checkpoint, layers }: QuantizedContents): ReadonlyMap<string, TensorSpec> {
  const specs = new Map<string, TensorSpec>();
  for (const [name, { dtype, shape }] of checkpoint.tensors) {
    const layer = layerOf(name, "weight", layers);
    if (layer === undefined) {
      // Half precision would lose what is added to a bias.
      specs.set(name, { dtype: layerOf(name, "bias", layers) === undefined ? dtype : "F32", shape });
      continue;
    }
    const [out, features] = shape as [number, number];
    for (const [part, size] of inputParts(layer, features).entries()) {
      const names = quantizedTensors(layer, part);
      specs.set(names.values, { dtype: "I8", shape: [size, out] });
      specs.set(names.scales, { dtype: "F32", shape: [out] });
    }
  }
  return specs.set(DIGEST, { dtype: "U8", shape: [DIGEST_LENGTH] });
}

/** The layer whose weight or bias this tensor is, where it is one of the layers. */
function layerOf(tensor: string, kind: "weight" | "bias", layers: ReadonlySet<string>): string | undefined {
  const layer = tensor.slice(0, -kind.length - 1);
  return tensor === `${layer}.${kind}` && layers.has(layer) ? layer : undefined;
}

function quantizeInParts(weight: Float32Array, layer: string, out: number): readonly QuantizedValues[] | undefined {
  const parts: QuantizedValues[] = [];
  let from = 0;
  for (const size of inputParts(layer, weight.length / out)) {
    const quantized = quantizeWeight(weight, out, from, from + size);
    if (quantized === undefined) return undefined;
    parts.push(quantized);
    from += size;
  }
  return parts;
}

/** The order in which a layer's inputs are held, where it is another one. */
function inputOrder(layer: string, { layers, inputs }: QuantizedContents): Uint32Array | undefined {
  if (!layers.has(layer) || layerBefore(layer) === undefined) return undefined;
  const measured = inputs?.get(layer);
  return measured && orderBySize(measured);
}

/** What a layer reads, as its inputs are held. */
function inputsInOrder(layer: string, contents: QuantizedContents): LayerInputs | undefined {
  const measured = contents.inputs?.get(layer);
  const order = inputOrder(layer, contents);
  if (measured === undefined || order === undefined) return measured;
  const { mean, greatest } = measured;
  return { mean: Float32Array.from(order, (i) => mean[i]!), greatest: Float32Array.from(order, (i) => greatest[i]!) };
}

/** A tensor's values with the columns of an MLP's second weight, and the rows of what goes before it, in the order of its inputs. */
function inOrder(name: string, values: NumericArray, contents: QuantizedContents): NumericArray {
  const layer = name.replace(/\.(weight|bias)$/, "");
  const own = name.endsWith(".weight") ? inputOrder(layer, contents) : undefined;
  if (own !== undefined) {
    const features = own.length;
    return (values as Float32Array).map((_, k, all) => all[k - (k % features) + own[k % features]!]!);
  }
  const next = [...contents.layers].find((candidate) => layerBefore(candidate) === layer);
  const order = next === undefined ? undefined : inputOrder(next, contents);
  if (order === undefined) return values;
  const width = values.length / order.length;
  return (values as Float32Array).map((_, k, all) => all[order[Math.floor(k / width)]! * width + (k % width)]!);
}

/** What the parts of a layer's weight are called in the file. */
export function quantizedTensors(layer: string, part: number): { readonly values: string; readonly scales: string } {
  return { values: `${layer}.values.${part}`, scales: `${layer}.scales.${part}` };
}
