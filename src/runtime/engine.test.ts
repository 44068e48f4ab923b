import { execSync } from "node:child_process";
import { expect, test } from "vitest";
import { CapabilityError } from "../core/errors.ts";
import { onnxModel } from "../tensor/onnx-model.ts";
import { add, multiply, scalar } from "../tensor/operators/elementwise.ts";
import { matmul } from "../tensor/operators/linalg.ts";
import { input } from "../tensor/tensor.ts";
import { openEngine } from "./engine.ts";
import { fastestDevice, probeDevice } from "./probe.ts";

const double = onnxModel({ y: add(multiply(input("x", [3]), scalar(2)), scalar(1)) }, () => new Uint8Array());
const feed = { x: { dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3) } } as const;

test("a graph runs in the engine's process and its event loop is not ours", async () => {
  await using engine = await openEngine({ device: "cpu", threads: 1 });
  const session = await engine.open(double.bytes);
  const { y } = await session.run(feed);
  expect([...(y!.data as Float32Array)]).toEqual([3, 5, 7]);
  expect(y!.shape).toEqual([3]);
  await session.dispose();
  expect(await engine.peakMemory()).toBeGreaterThan(1e6);
});

test("a broken model is an error, and the engine goes on", async () => {
  await using engine = await openEngine({ device: "cpu" });
  await expect(engine.open(Uint8Array.of(1, 2, 3))).rejects.toThrow();
  const session = await engine.open(double.bytes);
  expect((await session.run(feed)).y!.shape).toEqual([3]);
});

test("aborting ends a run in the middle", async () => {
  const controller = new AbortController();
  await using engine = await openEngine({ device: "cpu", threads: 1, signal: controller.signal });
  // A product of a few seconds, which native code would not leave by itself.
  const size = 4096;
  const square = input("a", [size, size]);
  const session = await engine.open(
    onnxModel({ y: matmul(matmul(square, square), square) }, () => new Uint8Array()).bytes,
  );
  const data = new Float32Array(size * size);
  const run = session.run({ a: { dtype: "float32", shape: [size, size], data } });
  setTimeout(() => controller.abort(new Error("stopped by the test")), 50);
  await expect(run).rejects.toThrow("stopped by the test");
});

test("a killed engine is a clear error", async () => {
  await using engine = await openEngine({ device: "cpu" });
  const session = await engine.open(double.bytes);
  await session.run(feed);
  execSync(`pkill -KILL -P ${process.pid} -f "[e]ngine-worker"`);
  const failure = await session.run(feed).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CapabilityError);
  expect((failure as Error).message).toMatch(/SIGKILL.*memory/);
});

test("devices that this machine lacks are named, never silently replaced", async () => {
  const report = await probeDevice(process.platform === "darwin" ? "cuda" : "coreml");
  expect(report.gflops).toBeUndefined();
  expect(report.problem).toMatch(/not part of ONNX Runtime/);
});

test("auto finds a device that works", async () => {
  const device = await fastestDevice();
  expect((await probeDevice(device)).gflops).toBeGreaterThan(0);
});
