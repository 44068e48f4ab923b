import { Command } from "commander";
import type { ModelDescription } from "../../weights/describe-model.ts";
import { runAction } from "../run-action.ts";
import { type OutputFlags, RESUME_HINT, withOutputOptions } from "../shared-options.ts";
import { snakeCaseKeys } from "../snake-case-keys.ts";
import { printOut } from "../standard-output.ts";

/** `dust3r models`: what weights there are, and how to get more. */
export function modelsCommand(): Command {
  const list = withOutputOptions(new Command("list"))
    .description("embedded weights and those downloaded earlier")
    .action((flags: OutputFlags) =>
      runAction(async () => {
        const { listModels } = await import("../../weights/describe-model.ts");
        const models = await listModels();
        await printOut(
          flags.json ? JSON.stringify(snakeCaseKeys(models), jsonSafe, 1) : models.map(oneLine).join("\n"),
        );
      }),
    );
  const info = withOutputOptions(new Command("info"))
    .description("sizes, number formats and license of a model")
    .argument("[name]", "embedded name, file, folder or hub id")
    .action((name: string | undefined, flags: OutputFlags) => runAction((signal) => show(name, flags, signal)));
  const pull = withOutputOptions(new Command("pull"))
    .description("download a model from the hub, or go on with a download")
    .argument("<id>", "owner/name[@revision]")
    .action((id: string, flags: OutputFlags) => runAction((signal) => show(id, flags, signal), RESUME_HINT));
  return new Command("models")
    .description("embedded and downloaded weights")
    .addCommand(list)
    .addCommand(info)
    .addCommand(pull);
}

async function show(name: string | undefined, flags: OutputFlags, signal: AbortSignal): Promise<void> {
  const [{ describeModel }, { resolveModel }, { terminalProgress }, { terminalLogger }] = await Promise.all([
    import("../../weights/describe-model.ts"),
    import("../../weights/resolve-model.ts"),
    import("../terminal-progress.ts"),
    import("../terminal-logger.ts"),
  ]);
  const quiet = flags.quiet ?? false;
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress.stop, quiet);
  const model = describeModel(await resolveModel(name, { onProgress: progress.onProgress, signal, logger }));
  progress.stop();
  await printOut(flags.json ? JSON.stringify(snakeCaseKeys(model), jsonSafe, 1) : details(model));
}

function oneLine({ name, parameters, byteLength, config, licence }: ModelDescription): string {
  const { width, height } = config.imageSize;
  const size = `${(byteLength / 1e6).toFixed(1)} MB`;
  return `${name.padEnd(24)} ${(parameters / 1e6).toFixed(1)} M parameters, ${size}, ${config.head.kind} head, ${width}x${height}, ${licence ?? "license unknown"}`;
}

function details(model: ModelDescription): string {
  const { encoder, decoder, patchSize } = model.config;
  const stack = (s: typeof encoder) => `${s.dim} wide, ${s.depth} blocks, ${s.heads} heads`;
  return [
    oneLine(model),
    `  file      ${model.path}`,
    `  encoder   ${stack(encoder)}, patches of ${patchSize}x${patchSize}`,
    `  decoders  ${stack(decoder)}, twice`,
    `  numbers   ${model.dtypes.join(", ")}`,
    ...model.notes.map((note) => `  note      ${note}`),
  ].join("\n");
}

/** JSON has no infinity; a string keeps the meaning. */
function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
