import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { InputError } from "../../core/errors.ts";
import { runAction } from "../run-action.ts";
import { printOut } from "../standard-output.ts";

/** `dust3r view`: opens a scene's page in the browser. */
export function viewCommand(): Command {
  return new Command("view")
    .description("open a reconstructed scene in the browser")
    .argument("<folder>", "what `dust3r reconstruct -o` wrote")
    .option("--no-open", "only print where the page is")
    .action((folder: string, flags: { open: boolean }) =>
      runAction(async () => {
        const page = resolve(folder, "index.html");
        if (!existsSync(page)) {
          throw new InputError(
            `${folder}: no index.html there; give the folder that \`dust3r reconstruct … -o\` wrote with the report in --export`,
          );
        }
        if (flags.open) {
          const { default: open } = await import("open");
          const browser = await open(pathToFileURL(page).href);
          browser.on("error", () => process.stderr.write("no browser could be started; open the page yourself\n"));
        }
        await printOut(page);
      }),
    );
}
