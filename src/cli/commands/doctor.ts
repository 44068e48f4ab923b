import { existsSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import type { Int8Report } from "../../runtime/int8-probe.ts";
import type { DeviceReport } from "../../runtime/probe.ts";
import { runAction } from "../run-action.ts";
import { type OutputFlags, withOutputOptions } from "../shared-options.ts";
import { printOut } from "../standard-output.ts";

/** What work by many machines may need: docs/cluster.md. */
const QUEUE_PACKAGES = ["bullmq", "ioredis", "pg", "s3mini"];

/** `dust3r doctor`: what this machine can use, and why something cannot. */
export function doctorCommand(): Command {
  return withOutputOptions(new Command("doctor"))
    .description("what this machine can use, and why something cannot be used")
    .action((flags: OutputFlags) =>
      runAction(async (signal) => {
        const [{ probeDevices }, { probeInt8 }, { cacheFolder }, { listModels }] = await Promise.all([
          import("../../runtime/probe.ts"),
          import("../../runtime/int8-probe.ts"),
          import("#platform"),
          import("../../weights/describe-model.ts"),
        ]);
        const report = {
          node: process.version,
          platform: `${process.platform}-${process.arch}`,
          processor: cpus()[0]?.model ?? "unknown",
          cores: availableParallelism(),
          memory_gib: Math.round(totalmem() / 2 ** 30),
          devices: (await probeDevices(signal)).map(explained),
          int8: await int8Report(probeInt8({ signal })),
          models: (await listModels()).map((model) => model.name),
          cache: cacheFolder(),
          queue: Object.fromEntries(QUEUE_PACKAGES.map((name) => [name, isInstalled(name)])),
        };
        if (flags.json) {
          await printOut(JSON.stringify(report, null, 1));
          return;
        }
        const devices = report.devices.map(({ device, gflops, problem }) =>
          gflops === undefined ? `  ✗ ${device}: ${problem}` : `  ✓ ${device}: ${Math.round(gflops)} GFLOPS`,
        );
        await printOut(
          [
            `Node ${report.node} on ${report.platform}`,
            `${report.processor}, ${report.cores} cores, ${report.memory_gib} GiB`,
            "devices",
            ...devices,
            `8 bits    ${int8Line(report.int8)}`,
            `models    ${report.models.join(", ")}`,
            `cache     ${report.cache}`,
            `queue     ${QUEUE_PACKAGES.map((name) => `${report.queue[name] ? "✓" : "✗"} ${name}`).join(", ")}`,
          ].join("\n"),
        );
      }),
    );
}

interface Int8Answer {
  readonly exact: boolean;
  readonly speedup: number;
}

async function int8Report(probe: Promise<Int8Report | undefined>): Promise<Int8Answer | undefined> {
  const report = await probe;
  return report && { exact: report.exact, speedup: report.speedup };
}

function int8Line(report: Int8Answer | undefined): string {
  if (report === undefined) return "not used here";
  const speed = `${report.speedup.toFixed(1)} times as fast as float32`;
  return report.exact ? `exact, ${speed} (--dtype q8)` : "sums saturate on this processor: --dtype q8 is refused";
}

/** The npm package has no CUDA: on Linux its install script fetches it from NuGet, unless that is skipped or out of reach. */
function explained(report: DeviceReport): DeviceReport {
  if (report.device !== "cuda" || !report.problem?.includes("Failed to load shared library")) return report;
  const remedy =
    "where its libraries are missing, `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node` fetches them from " +
    "api.nuget.org";
  return { ...report, problem: `${report.problem}; ${remedy}` };
}

/** Whether a package can be imported from here. It is not: packages take a second to load. */
function isInstalled(name: string): boolean {
  try {
    return existsSync(fileURLToPath(import.meta.resolve(name)));
  } catch {
    return false;
  }
}
