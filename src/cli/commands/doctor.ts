import { availableParallelism, cpus, totalmem } from "node:os";
import { Command } from "commander";
import { runAction } from "../run-action.ts";
import { type OutputFlags, withOutputOptions } from "../shared-options.ts";
import { printOut } from "../standard-output.ts";

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
          devices: await probeDevices(signal),
          models: (await listModels()).map((model) => model.name),
          cache: cacheFolder(),
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
          ].join("\n"),
        );
      }),
    );
}
