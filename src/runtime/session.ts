import { InferenceSession, Tensor } from "onnxruntime-node";
import type { ConcreteDevice, TensorValue, TensorValues } from "./device.ts";

/** A file of external data, by reference. */
export interface WeightsFile {
  /** As the model calls it. */
  readonly name: string;
  readonly content: Blob;
}

/** What a session runs on. */
export interface SessionOptions {
  readonly device: ConcreteDevice;
  /** CPU threads; all cores by default. */
  readonly threads?: number | undefined;
  /** Folder of the files that hold the model's external data; no symbolic links. */
  readonly weightsFolder?: string | undefined;
  /** The one file of external data, where workers find no files by their paths: in a browser. */
  readonly weightsFile?: WeightsFile | undefined;
  /**
   * Rearrange weights for speed, which copies them: worth it for small networks that run often. Without it, weights
   * stay mapped from their file and any number of sessions share them.
   */
  readonly prepack?: boolean;
  /** Keep memory between runs: a training graph's thousand large results otherwise cost a fifth of the time anew. */
  readonly arena?: boolean;
}

/** A graph ready to run. */
export interface Session {
  /** Computes the graph's outputs from its inputs. */
  run(feeds: TensorValues): Promise<TensorValues>;
  dispose(): Promise<void>;
}

/** Opens a model in this very thread: a run blocks its event loop. `openEngine` gives sessions that do not. */
export async function openSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const session = await InferenceSession.create(model, {
    executionProviders: options.device === "cpu" ? ["cpu"] : [{ name: options.device }, "cpu"],
    intraOpNumThreads: options.threads ?? 0,
    interOpNumThreads: 1,
    // Copies convolutions' weights into blocks of channels (0.2 GB for official DPT heads): a tenth of the decoder's time.
    graphOptimizationLevel: "all",
    // An arena never releases the peak of any shape; plain allocation is as fast and does.
    enableCpuMemArena: options.arena ?? false,
    logSeverityLevel: 3,
    extra: {
      session: {
        disable_prepacking: options.prepack ? "0" : "1",
        ...(options.weightsFolder === undefined
          ? {}
          : { model_external_initializers_file_folder_path: options.weightsFolder }),
      },
    },
  });
  return {
    async run(feeds) {
      const inputs = Object.entries(feeds).map(([name, value]) => [name, ortTensor(value)] as const);
      const outputs = await session.run(Object.fromEntries(inputs));
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tensorValue(value)]));
    },
    async dispose() {
      await session.release();
    },
  };
}

/** Alignment in bytes of the data: without it kernels sum in another order, which changes the last bits. */
const ALIGNMENT = 16;

function ortTensor({ dtype, data, shape }: TensorValue): Tensor {
  const aligned = data.byteOffset % ALIGNMENT === 0 ? data : data.slice();
  return new Tensor(dtype, aligned as Float32Array, shape);
}

function tensorValue(tensor: Tensor): TensorValue {
  return {
    dtype: tensor.type as TensorValue["dtype"],
    shape: tensor.dims,
    data: tensor.data as TensorValue["data"],
  };
}
