import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addCommand } from "./commands/add.ts";
import { alignCommand } from "./commands/align.ts";
import { dataCommand } from "./commands/data.ts";
import { demoCommand } from "./commands/demo.ts";
import { depthCommand } from "./commands/depth.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evalCommand } from "./commands/eval.ts";
import { focalCommand } from "./commands/focal.ts";
import { inferCommand } from "./commands/infer.ts";
import { localizeCommand } from "./commands/localize.ts";
import { matchCommand } from "./commands/match.ts";
import { modelsCommand } from "./commands/models.ts";
import { poseCommand } from "./commands/pose.ts";
import { pretrainCommand } from "./commands/pretrain.ts";
import { queueCommand } from "./commands/queue.ts";
import { reconstructCommand } from "./commands/reconstruct.ts";
import { serveCommand } from "./commands/serve.ts";
import { trainCommand } from "./commands/train.ts";
import { viewCommand } from "./commands/view.ts";
import { workerCommand } from "./commands/worker.ts";
import { addExamples } from "./examples.ts";
import { watchStandardOutput } from "./standard-output.ts";

// Commands import what they need when they run, so that help and typing errors answer at once.
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

const program = new Command("dust3r")
  .description("A few ordinary photos in, dense 3D out: no calibration, no poses, no order needed.")
  .version(version)
  .showHelpAfterError("(add --help for all options)")
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .exitOverride()
  .addCommand(reconstructCommand())
  .addCommand(matchCommand())
  .addCommand(focalCommand())
  .addCommand(poseCommand())
  .addCommand(depthCommand())
  .addCommand(localizeCommand())
  .addCommand(addCommand())
  .addCommand(inferCommand())
  .addCommand(alignCommand())
  .addCommand(modelsCommand())
  .addCommand(doctorCommand())
  .addCommand(demoCommand())
  .addCommand(viewCommand())
  .addCommand(serveCommand())
  .addCommand(workerCommand())
  .addCommand(queueCommand())
  .addCommand(dataCommand())
  .addCommand(pretrainCommand())
  .addCommand(trainCommand())
  .addCommand(evalCommand());
inheritSettings(program);
addExamples(program);

// Standard output belongs to the answers: a decoder that talks to itself there would spoil JSON.
console.log = () => {};
watchStandardOutput();
try {
  await program.parseAsync();
} catch (error) {
  // Help, the version, or a typing error.
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode !== 0) process.exitCode = 2;
}

/** Gives commands their parent's settings of help and exit codes; `addCommand` alone does not. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent));
}
