import type { ByteSource } from "../../core/byte-source.ts";
import { FormatError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/progress.ts";
import { readSafetensorsHeader } from "../../formats/safetensors.ts";
import { type ByteSink, SafetensorsStream, type TensorSpec } from "../../formats/safetensors-writer.ts";
import { readTensor } from "../../formats/tensor-entry.ts";
import type { ByteRange, Checkpoint, TensorLocation } from "../checkpoint.ts";
import { sampleRange, sha256Of } from "../fingerprint.ts";
import { quantizeWeight } from "./quantize-weight.ts";

/** Which weights of which checkpoint a file holds in 8 bits. */
export interface QuantizedContents {
  readonly checkpoint: Checkpoint;
  /** Names of fully connected layers. */
  readonly layers: ReadonlySet<string>;
  /** Stands for both, and for the way of rounding. */
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
  for (const [name, location] of checkpoint.tensors) {
    signal?.throwIfAborted();
    const values = await readTensor(source, location);
    const layer = quantizedLayer(name, layers);
    if (layer === undefined) await stream.write(name, values);
    else {
      const quantized = quantizeWeight(Float32Array.from(values as Float32Array), location.shape[0]!);
      if (quantized === undefined) {
        throw new FormatError(checkpoint.path, `${name} holds NaN or infinity: the weights are damaged`);
      }
      await stream.write(name, quantized.values);
      await stream.write(`${layer}.scales`, quantized.scales);
    }
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
  const { checkpoint, layers, key } = contents;
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
    if (original === undefined || quantizedLayer(name, layers) !== undefined) quantized.set(name, entry);
    else tensors.set(name, { ...original, offset: entry.offset });
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
    const layer = quantizedLayer(name, layers);
    if (layer === undefined) specs.set(name, { dtype, shape });
    else {
      const [out, features] = shape as [number, number];
      specs.set(name, { dtype: "I8", shape: [features, out] });
      specs.set(`${layer}.scales`, { dtype: "F32", shape: [out] });
    }
  }
  return specs.set(DIGEST, { dtype: "U8", shape: [DIGEST_LENGTH] });
}

/** The layer whose weight this tensor is, where it is one of the layers. */
function quantizedLayer(tensor: string, layers: ReadonlySet<string>): string | undefined {
  const layer = tensor.replace(/\.weight$/, "");
  return layer !== tensor && layers.has(layer) ? layer : undefined;
}
