import { readFileSync } from "node:fs";
import { Command } from "commander";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { inferCommand } from "./commands/infer.ts";
import { modelsCommand } from "./commands/models.ts";
import { reconstructCommand } from "./commands/reconstruct.ts";
import { viewCommand } from "./commands/view.ts";

// Commands import what they need when they run, so that help and typing errors answer at once.
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

await new Command("dust3r")
  .description("A few ordinary photos in, dense 3D out: no calibration, no poses, no order needed.")
  .version(version)
  .showHelpAfterError("(add --help for all options)")
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .addCommand(reconstructCommand())
  .addCommand(inferCommand())
  .addCommand(modelsCommand())
  .addCommand(doctorCommand())
  .addCommand(demoCommand())
  .addCommand(viewCommand())
  .parseAsync();
