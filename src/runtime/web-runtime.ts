/** ONNX Runtime for browsers: WebGPU, or WebAssembly with SIMD and, on isolated pages, threads. */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { ConcreteDevice, TensorValue } from "./device.ts";
import type { Session, SessionOptions } from "./session.ts";

type OnnxRuntime = typeof import("onnxruntime-web");

/** Above it weights are given tensor by tensor, which only a build with JSPI does; else they are in memory twice. */
const LARGE_WEIGHTS = 256e6;

/** More threads than this gain nothing for networks of these sizes. */
const MOST_THREADS = 8;

/** Devices that the browser offers, and what to call the machine in an error. */
export async function offeredDevices(): Promise<{ readonly names: readonly string[]; readonly machine: string }> {
  return { names: (await hasAdapter()) ? ["cpu", "webgpu"] : ["cpu"], machine: "this browser" };
}

/** Undefined: 8-bit products are not used in browsers. */
export function int8Platform(): string | undefined {
  return undefined;
}

/** Whether there is a graphics card to compute on. On iOS pages that compute on it are known to crash. */
async function hasAdapter(): Promise<boolean> {
  const { gpu, userAgent, maxTouchPoints } = navigator as Navigator & { readonly gpu?: Gpu };
  const isAppleTouch = /iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  if (gpu === undefined || isAppleTouch) return false;
  return (await gpu.requestAdapter().catch(() => null)) !== null;
}

/** What is used of WebGPU here. */
interface Gpu {
  requestAdapter(): Promise<object | null>;
}

/** Opens a model in this very worker: a run blocks its event loop. */
export async function openSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const { device, threads, weightsFile, prepack, arena } = options;
  const { InferenceSession, Tensor, env } = await loadRuntime(device, weightsFile?.content.size ?? 0);
  env.wasm.numThreads = crossOriginIsolated ? (threads ?? Math.min(MOST_THREADS, navigator.hardwareConcurrency)) : 1;
  env.logLevel = "error";
  const session: InferenceSession = await InferenceSession.create(model, {
    executionProviders: device === "cpu" ? ["wasm"] : [{ name: "webgpu", storageBufferCacheMode: "simple" } as never],
    graphOptimizationLevel: "all",
    enableCpuMemArena: arena ?? false,
    externalData: weightsFile === undefined ? [] : [{ path: weightsFile.name, data: weightsFile.content }],
    extra: { session: { disable_prepacking: prepack ? "0" : "1" } },
  });
  return {
    async run(feeds) {
      const inputs = Object.entries(feeds).map(
        ([name, { dtype, data, shape }]) => [name, new Tensor(dtype, data as Float32Array, shape)] as const,
      );
      const outputs = await session.run(Object.fromEntries(inputs));
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tensorValue(value)]));
    },
    async dispose() {
      await session.release();
    },
  };
}

/** Three builds of the same version: the smallest without WebGPU, and two with it, of which the smaller needs JSPI. */
async function loadRuntime(device: ConcreteDevice, weightsBytes: number): Promise<OnnxRuntime> {
  const hasJspi = "Suspending" in WebAssembly;
  if (hasJspi && (device === "webgpu" || weightsBytes > LARGE_WEIGHTS)) return await import("onnxruntime-web/jspi");
  return device === "webgpu" ? await import("onnxruntime-web/webgpu") : await import("onnxruntime-web/wasm");
}

function tensorValue(tensor: Tensor): TensorValue {
  return {
    dtype: tensor.type as TensorValue["dtype"],
    shape: tensor.dims,
    data: tensor.data as TensorValue["data"],
  };
}
