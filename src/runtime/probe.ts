import { onnxModel } from "../tensor/onnx-model.ts";
import { sum } from "../tensor/operators/broadcasting.ts";
import { matmul } from "../tensor/operators/linalg.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { type ConcreteDevice, DEVICES } from "./device.ts";
import { startEngine } from "./engine-process.ts";
import { usableDevices } from "./usable-devices.ts";

/** Whether a device works on this machine, and how fast it multiplies matrices. */
export interface DeviceReport {
  readonly device: ConcreteDevice;
  /** Sustained rate of 1024³ float32 matrix products; undefined where it does not work. */
  readonly gflops: number | undefined;
  /** Why it does not work. */
  readonly problem: string | undefined;
}

const SIZE = 1024;
const PRODUCTS = 8;
const RUNS = 2;
/** A device that needs longer for a few products is no help, or is software pretending to be one. */
const PATIENCE_MS = 10_000;

/** Tries a device on a matrix product, in a process of its own. */
export async function probeDevice(device: ConcreteDevice, signal?: AbortSignal): Promise<DeviceReport> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    await using engine = startEngine(device, { signal: signal ? AbortSignal.any([signal, patience]) : patience });
    const session = await engine.open(onnxModel({ y: chainOfProducts() }, () => new Uint8Array()).bytes);
    const data = new Float32Array(SIZE).fill(SIZE ** -0.5);
    const feeds = {
      column: { dtype: "float32", shape: [SIZE, 1], data },
      row: { dtype: "float32", shape: [1, SIZE], data },
    } as const;
    let fastest = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now();
      await session.run(feeds);
      fastest = Math.min(fastest, performance.now() - start);
    }
    return { device, gflops: (PRODUCTS * 2 * SIZE ** 3) / fastest / 1e6, problem: undefined };
  } catch (error) {
    signal?.throwIfAborted();
    const slow = patience.aborted ? `too slow: no answer within ${PATIENCE_MS / 1000} s` : undefined;
    return { device, gflops: undefined, problem: slow ?? (error as Error).message };
  }
}

/** Powers of a large matrix, which is made and summed up within the graph: almost nothing travels between processes. */
function chainOfProducts(): Tensor {
  const matrix = matmul(input("column", [SIZE, 1]), input("row", [1, SIZE]));
  let power = matrix;
  for (let i = 0; i < PRODUCTS; i++) power = matmul(power, matrix);
  return sum(power);
}

/** Every device and how well it works on this machine, for `dust3r doctor`. */
export async function probeDevices(signal?: AbortSignal): Promise<readonly DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const device of DEVICES) {
    if (device !== "auto") reports.push(await probeDevice(device, signal));
  }
  return reports;
}

/** Fastest first; CoreML is left to those who ask for it, since it runs large graphs in fragments. */
const AUTO_ORDER: readonly ConcreteDevice[] = ["cuda", "dml", "webgpu"];

/** The first working device that outruns the CPU, else the CPU. Software renderers work but do not outrun it. */
export async function fastestDevice(signal?: AbortSignal): Promise<ConcreteDevice> {
  for (const device of await usableDevices(AUTO_ORDER, signal)) {
    const { gflops } = await probeDevice(device, signal);
    const cpu = await probeDevice("cpu", signal);
    if ((gflops ?? 0) > (cpu.gflops ?? 0)) return device;
  }
  return "cpu";
}
