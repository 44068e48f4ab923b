import type { ByteSource } from "../core/byte-source.ts";
import { FormatError } from "../core/errors.ts";
import { readPickle } from "./pickle.ts";
import { PickleProblem, type PickleVocabulary } from "./pickle-machine.ts";
import {
  isStoredElementType,
  itemBytes,
  type StoredElementType,
  type TensorEntry,
  tensorBytes,
} from "./tensor-entry.ts";
import { readZipEntries, type ZipEntry, zipDataOffset } from "./zip-entries.ts";

/** The attributes of an `argparse.Namespace`. */
export class TorchNamespace {
  attributes: ReadonlyMap<unknown, unknown> = new Map();
}

/** A tensor as the pickle describes it: part of a storage. */
export class TorchTensor {
  readonly storage: TorchStorage;
  /** In items, from the start of the storage. */
  readonly storageOffset: number;
  readonly shape: readonly number[];
  /** In items, per axis. */
  readonly stride: readonly number[];

  constructor(...[storage, storageOffset, shape, stride]: readonly unknown[]) {
    const valid = isCounts([storageOffset]) && isCounts(shape) && isCounts(stride) && shape.length === stride.length;
    if (!(storage instanceof TorchStorage) || !valid) {
      throw new PickleProblem("describes a tensor in a way torch does not: refused");
    }
    this.storage = storage;
    this.storageOffset = Number(storageOffset);
    // Copies: a pickle may go on appending to what it has handed over.
    this.shape = [...shape];
    this.stride = [...stride];
  }
}

/** An array of numbers that tensors are part of. */
class TorchStorage {
  readonly dtype: StoredElementType;
  /** Its bytes are the archive's member `data/KEY`. */
  readonly key: string;

  constructor(dtype: StoredElementType, key: string) {
    this.dtype = dtype;
    this.key = key;
  }
}

/** A file written by `torch.save`: its values, and the way to where its tensors' numbers lie. */
export interface TorchFile {
  /** Dictionaries are `Map`s, tensors `TorchTensor`s, namespaces `TorchNamespace`s. */
  readonly root: unknown;
  /** Checks a tensor, called `name` in errors, and finds its bytes in the file. */
  locate(name: string, tensor: TorchTensor): Promise<TensorEntry>;
}

const STORAGES: Readonly<Record<string, StoredElementType>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** Far above any checkpoint's: an official one's pickle has 0.2 MB. */
const MAX_PICKLE_BYTES = 8 * 2 ** 20;

/**
 * Opens a `torch.save` file of the zip kind (PyTorch 1.6 and later) in place: reads the archive's directory and the
 * pickle, no tensor. The pickle can build tensors, dictionaries and namespaces, and nothing else.
 */
export async function readTorchFile(source: ByteSource): Promise<TorchFile> {
  const entries = await readZipEntries(source);
  const pickle = [...entries.values()].find(({ name }) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickle === undefined) throw new FormatError(source.name, "an archive without data.pkl: not a PyTorch checkpoint");
  const folder = pickle.name.slice(0, -"data.pkl".length);
  const bytes = await readEntry(source, pickle);
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(await readEntry(source, order)) !== "little") {
    throw new FormatError(source.name, "its numbers are not little-endian; save it again on an ordinary machine");
  }
  return {
    root: readPickle(source.name, bytes, VOCABULARY),
    locate: (name, tensor) => locate(name, tensor, { source, entry: (key) => entries.get(`${folder}data/${key}`) }),
  };
}

const VOCABULARY: PickleVocabulary = {
  globals: new Map<string, unknown>([
    ["collections.OrderedDict", orderedDict],
    ["argparse.Namespace", () => new TorchNamespace()],
    ["torch.Size", (sizes: unknown) => sizes],
    ["torch._utils._rebuild_tensor_v2", (...description: readonly unknown[]) => new TorchTensor(...description)],
    ["torch._utils._rebuild_parameter", (data: unknown) => data],
    ...Object.entries(STORAGES).map(([name, dtype]) => [`torch.${name}`, dtype] as const),
  ]),
  persistentLoad(id) {
    const [tag, dtype, key] = Array.isArray(id) ? (id as unknown[]) : [];
    if (tag !== "storage" || !isStoredElementType(dtype) || typeof key !== "string") {
      throw new PickleProblem("refers to something that is not a tensor's storage: refused");
    }
    return new TorchStorage(dtype, key);
  },
  setState(target, state) {
    // A state dictionary keeps the versions of its modules as a state of its own, which nobody needs.
    if (target instanceof TorchNamespace && state instanceof Map) target.attributes = state;
    else if (!(target instanceof Map)) throw new PickleProblem("sets the state of something that has none: refused");
  },
};

function orderedDict(...args: readonly unknown[]): Map<unknown, unknown> {
  if (args.length > 0) throw new PickleProblem("fills an OrderedDict in a way torch does not: refused");
  return new Map();
}

async function readEntry(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.byteLength > MAX_PICKLE_BYTES) {
    throw new FormatError(source.name, `${entry.name} has ${entry.byteLength} bytes, more than any checkpoint needs`);
  }
  return source.read(await zipDataOffset(source, entry), entry.byteLength);
}

interface Archive {
  readonly source: ByteSource;
  entry(key: string): ZipEntry | undefined;
}

async function locate(name: string, tensor: TorchTensor, { source, entry }: Archive): Promise<TensorEntry> {
  const fail = (problem: string): FormatError => new FormatError(source.name, `tensor ${name} ${problem}`);
  const { shape, stride } = tensor;
  if (!isContiguous(shape, stride)) {
    throw fail(`is not contiguous (shape [${shape}], stride [${stride}]); save it again with .contiguous()`);
  }
  const { dtype, key } = tensor.storage;
  const member = entry(key);
  if (member === undefined) throw fail(`has its numbers in data/${key}, which the archive lacks`);
  const start = tensor.storageOffset * itemBytes(dtype);
  const byteLength = tensorBytes({ dtype, shape });
  if (start + byteLength > member.byteLength) {
    throw fail(`ends at byte ${start + byteLength} of data/${key}, which has ${member.byteLength}`);
  }
  return { dtype, shape, offset: (await zipDataOffset(source, member)) + start, byteLength };
}

/** Row-major without gaps; the stride of an axis of size 1 does not matter. */
function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== step) return shape.includes(0);
    step *= shape[axis]!;
  }
  return true;
}

/** Tensors have few axes: the limit keeps a huge shape from being walked for every tensor that shares it. */
function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
