import { int8Platform } from "#onnxruntime";
import { cacheFolder, joinPath, readText, writeText } from "#platform";
import { onnxModel } from "../tensor/onnx-model.ts";
import { sum } from "../tensor/operators/broadcasting.ts";
import { linear, matmul } from "../tensor/operators/linalg.ts";
import { quantizedLinear } from "../tensor/operators/quantized.ts";
import { constant, input, parameter, type Tensor } from "../tensor/tensor.ts";
import { type Engine, startEngine } from "./engine-process.ts";

/** What this machine's 8-bit products are worth. */
export interface Int8Report {
  /** What it holds for. */
  readonly platform: string;
  /** Whether sums of the largest products come out right; on some processors they saturate. */
  readonly exact: boolean;
  /** Time of a float32 product / time of the same one in 8 bits. */
  readonly speedup: number;
}

/** A transformer's product: 768 tokens, 1024 wide. */
const [ROWS, WIDTH] = [768, 1024];
const PRODUCTS = 6;
const RUNS = 4;
const FILE = "int8.json";

/**
 * Tries 8-bit products on this machine's CPU, for about a second; what was found is remembered in the cache folder.
 * Undefined in browsers, where they are not used.
 */
export async function probeInt8({
  cache = cacheFolder(),
  signal,
}: {
  readonly cache?: string;
  readonly signal?: AbortSignal | undefined;
} = {}): Promise<Int8Report | undefined> {
  const platform = int8Platform();
  if (platform === undefined) return undefined;
  const path = joinPath(cache, FILE);
  const remembered = parseReport(await readText(path).catch(() => undefined));
  if (remembered?.platform === platform) return remembered;
  await using engine = startEngine("cpu", { signal });
  const report = { platform, exact: await sumsAreExact(engine), speedup: await measureSpeedup(engine) };
  // Where nothing can be kept it is tried again next time.
  await writeText(path, JSON.stringify(report)).catch(() => undefined);
  return report;
}

function parseReport(text: string | undefined): Int8Report | undefined {
  try {
    const value = JSON.parse(text ?? "null") as Int8Report | null;
    const isReport = typeof value?.exact === "boolean" && Number.isFinite(value.speedup);
    return isReport ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Activations at the top of their 256 levels times the greatest weight: pairs of these exceed 16 bits. */
async function sumsAreExact(engine: Engine): Promise<boolean> {
  const [rows, features, out] = [16, 64, 64];
  const values = parameter("values", [features, out], "int8");
  const weight = { values, scales: constant(new Float32Array(out).fill(1)) };
  const y = quantizedLinear(input("x", [rows, features]), weight, constant(new Float32Array(out)));
  const session = await engine.open(onnxModel({ y }, () => new Uint8Array(features * out).fill(127)).bytes);
  const x = { dtype: "float32", shape: [rows, features], data: new Float32Array(rows * features).fill(1) } as const;
  const sums = (await session.run({ x })).y!.data as Float32Array;
  return areExact(sums, 127 * features);
}

/** Whether sums are what they should be, up to the rounding of their scale. */
export function areExact(sums: Float32Array, expected: number): boolean {
  return sums.every((value) => Math.abs(value - expected) <= 1e-3 * expected);
}

async function measureSpeedup(engine: Engine): Promise<number> {
  const weights = new Float32Array(WIDTH * WIDTH).fill(1 / WIDTH);
  const bytes: Readonly<Record<string, Uint8Array>> = {
    weight: new Uint8Array(weights.buffer),
    values: new Uint8Array(WIDTH * WIDTH).fill(1),
  };
  const bias = constant(new Float32Array(WIDTH));
  const weight = parameter("weight", [WIDTH, WIDTH]);
  const quantized = {
    values: parameter("values", [WIDTH, WIDTH], "int8"),
    scales: constant(new Float32Array(WIDTH).fill(1 / WIDTH)),
  };
  const fastest = async (product: (x: Tensor) => Tensor) => {
    let x = matmul(input("column", [ROWS, 1]), input("row", [1, WIDTH]));
    for (let i = 0; i < PRODUCTS; i++) x = product(x);
    const session = await engine.open(onnxModel({ y: sum(x) }, (name) => bytes[name]!).bytes);
    const feed = (shape: readonly [number, number]) =>
      ({ dtype: "float32", shape, data: new Float32Array(shape[0] * shape[1]).fill(1) }) as const;
    const feeds = { column: feed([ROWS, 1]), row: feed([1, WIDTH]) };
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now();
      await session.run(feeds);
      best = Math.min(best, performance.now() - start);
    }
    await session.dispose();
    return best;
  };
  const float = await fastest((x) => linear(x, weight, bias));
  return float / (await fastest((x) => quantizedLinear(x, quantized, bias)));
}
