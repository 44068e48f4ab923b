import { availableParallelism, cpus, totalmem } from "node:os";
import { Command } from "commander";
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
        const [{ probeDevices }, { cacheFolder }, { listModels }] = await Promise.all([
          import("../../runtime/probe.ts"),
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
          models: (await listModels()).map((model) => model.name),
          cache: cacheFolder(),
          queue: Object.fromEntries(
            await Promise.all(QUEUE_PACKAGES.map(async (name) => [name, await isInstalled(name)])),
          ),
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
            `models    ${report.models.join(", ")}`,
            `cache     ${report.cache}`,
            `queue     ${QUEUE_PACKAGES.map((name) => `${report.queue[name] ? "✓" : "✗"} ${name}`).join(", ")}`,
          ].join("\n"),
        );
      }),
    );
}

/** The npm package has no CUDA: on Linux its install script fetches it from NuGet, unless that is skipped or out of reach. */
function explained(report: DeviceReport): DeviceReport {
  if (report.device !== "cuda" || !report.problem?.includes("Failed to load shared library")) return report;
  const remedy =
    "where its libraries are missing, `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node` fetches them from " +
    "api.nuget.org";
  return { ...report, problem: `${report.problem}; ${remedy}` };
}

async function isInstalled(name: string): Promise<boolean> {
  return await import(name).then(
    () => true,
    () => false,
  );
}
