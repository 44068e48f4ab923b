import { Argument, Command, Option } from "commander";
import { PREPARED_SET_NAMES, type PreparedSetName, SET_NAMES, type SetName } from "../../datasets/set-names.ts";
import { SCENE_COLLECTIONS } from "../../procedural/scene-collection.ts";
import type { CheckFlags } from "../check-data.ts";
import { withClusterOptions } from "../cluster-options.ts";
import type { GenerateFlags } from "../generate-data.ts";
import type { PairsFlags } from "../pairs-to-file.ts";
import type { PrepareFlags } from "../prepare-data.ts";
import { runAction } from "../run-action.ts";
import {
  finiteNumber,
  positiveInteger,
  RESUME_HINT,
  withEncoderOptions,
  withOutputOptions,
} from "../shared-options.ts";

/** `dust3r data`: training data, and which photos belong together. */
export function dataCommand(): Command {
  const generate = new Command("generate")
    .description("render procedural scenes with exact depth and cameras, as WebDataset shards")
    .requiredOption("-o, --output <folder>", "receives the shards; an interrupted run goes on")
    .option("--seed <n>", "scenes of different seeds have nothing in common", finiteNumber, 1)
    .option("--scenes <n>", "how many", positiveInteger, 1000)
    .option("--views <n>", "photos of each", positiveInteger, 8)
    .option("--width <pixels>", "of a photo", positiveInteger, 96)
    .option("--height <pixels>", "of a photo", positiveInteger, 72)
    .option(
      "--other-heights <pixels...>",
      "beside that one: each scene is photographed at one of all of them",
      (text: string, before: readonly number[] = []) => [...before, positiveInteger(text)],
    )
    .option("--portrait <share>", "of scenes photographed upright, 0 to 1", finiteNumber, 0)
    .addOption(
      new Option(
        "--collection <name>",
        "what scenes are like: places and cameras as people photograph them, or figures",
      )
        .choices(SCENE_COLLECTIONS)
        .default("figures"),
    )
    .option("--assets <folder>", "furnish scenes of `photos` with the models in it (GLB, OBJ; metres, y up)")
    .option("--textures <folder>", "paint surfaces of such scenes with the pictures in it")
    .option("--workers <n>", "processes at work", positiveInteger, 2)
    .option("--preview <file.png>", "also draw a contact sheet of the first scenes");
  withClusterOptions(withOutputOptions(generate)).action((flags: GenerateFlags) =>
    runAction(async (signal) => {
      const { generateData } = await import("../generate-data.ts");
      await generateData(flags, signal);
    }, RESUME_HINT),
  );
  const check = new Command("check")
    .description("read a training set, say what is wrong with it, and show pairs as its depth and cameras relate them")
    .addArgument(new Argument("<set>", "which one it is").choices(SET_NAMES))
    .argument("<folder>", "where it is: as released, or as prepared for training")
    .addOption(new Option("--split <split>", "what it is for").choices(["train", "validation"]).default("train"))
    .option("--frames <n>", "read this many, evenly spread (default: all)", positiveInteger)
    .option("--pairs <n>", "how many to look at", positiveInteger, 8)
    .option("--preview <file.png>", "draw these: view 1, view 2 seen through its depth, view 2, the depth");
  withOutputOptions(check).action((set: SetName, folder: string, flags: CheckFlags) =>
    runAction(async (signal) => {
      const { checkData } = await import("../check-data.ts");
      await checkData(set, folder, flags, signal);
    }),
  );
  const prepare = new Command("prepare")
    .description("make a training set's release ready for training; the other sets are read as they are released")
    .addArgument(new Argument("<set>", "which one it is").choices(PREPARED_SET_NAMES))
    .requiredOption("--from <folder>", "the release")
    .requiredOption("--to <folder>", "receives the prepared set; an interrupted run goes on")
    .option("--pairs <path>", "the published list of pairs, or their folder (default: pairs by overlap)");
  withOutputOptions(prepare).action((set: PreparedSetName, flags: PrepareFlags) =>
    runAction(async (signal) => {
      const { prepareData } = await import("../prepare-data.ts");
      await prepareData(set, flags, signal);
    }, RESUME_HINT),
  );
  const pairs = new Command("pairs")
    .description("which photos show the same place: a list for --pairs of `reconstruct`, `infer` and `eval localize-…`")
    .argument("<photos...>", "photos and folders of photos, or one folder with a scene.json")
    .requiredOption("-o, --output <file>", "the list, a pair a line; an interrupted run goes on")
    .option(
      "--retrieve <n>",
      "each with the n photos that the encoder finds most like it (default: 20; in a scene with poses and depth, pairs that overlap)",
      positiveInteger,
    )
    .option(
      "--map <folders...>",
      "instead of each other, compare the photos with those in these folders: `query map-photo`",
    )
    .option("--verify", "leave out pairs that share few mutual matches of the encoder's tokens")
    .option("--no-resume", "do not re-use what an interrupted run finished");
  withEncoderOptions(pairs).action((photos: string[], flags: PairsFlags) =>
    runAction(async (signal) => {
      const { pairsToFile } = await import("../pairs-to-file.ts");
      await pairsToFile(photos, flags, signal);
    }, RESUME_HINT),
  );
  return new Command("data")
    .description("training data, and lists of photos that belong together")
    .addCommand(generate)
    .addCommand(check)
    .addCommand(prepare)
    .addCommand(pairs);
}
