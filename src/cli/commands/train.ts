import { Command, InvalidArgumentError, Option } from "commander";
import { DEVICES } from "../../runtime/device.ts";
import { runAction } from "../run-action.ts";
import { positiveInteger } from "../shared-options.ts";
import type { TrainFlags } from "../train-from-file.ts";

interface ExportFlags {
  readonly output: string;
  readonly init?: string;
  readonly stage: number;
  readonly check?: number;
}

const INIT_HELP = "weights to start from; they may have fewer blocks, another patch size, another head or none";
const CONFIG_HELP = "a JSON file; docs/training.md explains its fields";

/** `dust3r train`: a network of one's own, here or on a machine with PyTorch. */
export function trainCommand(): Command {
  return new Command("train")
    .description("train a network on procedural scenes: `train <config.json> -o <folder>`; stop and go on at any time")
    .addCommand(runCommand(), { isDefault: true })
    .addCommand(exportCommand());
}

function runCommand(): Command {
  return withRunOptions(new Command("run"))
    .description("train on this machine; the word `run` may be left out")
    .action((config: string, flags: TrainFlags) =>
      runAction(async (signal) => {
        const { trainFromFile } = await import("../train-from-file.ts");
        await trainFromFile(config, flags, signal);
      }, "run the same command again to go on"),
    );
}

/** Adds what `dust3r train` and `dust3r pretrain` have in common. */
export function withRunOptions(command: Command): Command {
  return command
    .argument("<config>", CONFIG_HELP)
    .requiredOption("-o, --output <folder>", "receives checkpoints, the log and report.html")
    .option("--init <model>", INIT_HELP)
    .addOption(new Option("--device <device>", "where gradients are computed").choices(DEVICES).default("cpu"))
    .option("--threads <n>", "CPU threads (default: all cores; one with --processes)", positiveInteger)
    .option("--processes <n>", "processes that each compute one of the accumulated batches", positiveInteger)
    .option("--changed-config", "go on although the configuration has changed")
    .option("--quiet", "print no progress");
}

function exportCommand(): Command {
  return new Command("export")
    .description("write the loss-and-gradient graph as ONNX, for tools/torch; docs/gpu-training.md explains its use")
    .argument("<config>", CONFIG_HELP)
    .requiredOption("-o, --output <folder>", "receives the graph and the parameters to start from")
    .option("--init <model>", INIT_HELP)
    .option("--stage <k>", "which stage of the configuration, from 0", stageNumber, 0)
    .option("--check <steps>", "also take steps here, for tools/torch/check.py to compare with", positiveInteger)
    .action((config: string, flags: ExportFlags) => runAction(() => exportToFolder(config, flags)));
}

async function exportToFolder(path: string, { init, ...options }: ExportFlags): Promise<void> {
  const [{ readTrainConfig }, { exportTraining }, { resolveModel }] = await Promise.all([
    import("../train-from-file.ts"),
    import("../../training/export-training.ts"),
    import("../../weights/resolve-model.ts"),
  ]);
  const config = await readTrainConfig(path);
  await exportTraining(config, { ...options, init: init === undefined ? undefined : await resolveModel(init) });
}

function stageNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("a whole number of at least 0 is expected.");
  return Number(text);
}
