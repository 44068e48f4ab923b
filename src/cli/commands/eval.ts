import { Command } from "commander";
import type { DenseMethod } from "../../pipeline/reconstruct-options.ts";
import { runAction } from "../run-action.ts";
import type {
  EvalDataFlags,
  EvalFidelityFlags,
  EvalMergeFlags,
  EvalPhotosFlags,
  EvalProceduralFlags,
} from "../run-evaluations.ts";
import { withDenseOptions, withRefineOptions } from "../scene-options.ts";
import {
  type OutputFlags,
  parseShard,
  positiveInteger,
  RESUME_HINT,
  withOutputOptions,
  withViewOptions,
} from "../shared-options.ts";

/** The benchmarks of the paper, and what they are run on. */
export const DATA_BENCHMARK_HELP: Readonly<Record<string, string>> = {
  "localize-7scenes": "visual localization: 7Scenes",
  "localize-cambridge": "visual localization: Cambridge Landmarks",
  "localize-aachen": "visual localization: result files of Aachen Day-Night v1.1, which others evaluate",
  "localize-inloc": "visual localization: result files of InLoc, which others evaluate",
  "intrinsics-habitat": "focal lengths of one and two photos: Habitat",
  "intrinsics-blendedmvs": "focal lengths of one and two photos: BlendedMVS",
  "intrinsics-co3d": "focal lengths of one and two photos: CO3Dv2",
  "pose-co3d": "relative pose of 3, 5 and 10 photos: CO3Dv2",
  "pose-re10k": "relative pose of 3, 5 and 10 photos: RealEstate10K",
  "pose-photos": "relative pose of 3, 5 and 10 photos: one's own, in scenes with a scene.json each",
  "mono-ddad": "depth from one photo: DDAD",
  "mono-kitti": "depth from one photo: KITTI's val_selection_cropped",
  "mono-bonn": "depth from one photo: BONN's RGB-D sequences",
  "mono-nyuv2": "depth from one photo: NYU Depth v2",
  "mono-tum": "depth from one photo: TUM RGB-D sequences",
  "mvd-kitti": "multi-view depth (RobustMVD): KITTI",
  "mvd-scannet": "multi-view depth (RobustMVD): ScanNet",
  "mvd-eth3d": "multi-view depth (RobustMVD): ETH3D",
  "mvd-dtu": "multi-view depth (RobustMVD): DTU",
  "mvd-tanks": "multi-view depth (RobustMVD): Tanks and Temples",
  dtu: "3D reconstruction: DTU's accuracy and completeness",
};

/** Unless asked, evaluations are of the network's depth, as the paper's are. */
const EVALUATED_DENSE: readonly DenseMethod[] = ["none", "stereo"];

/** `dust3r eval`: how good a network is, in the tables of the paper. */
export function evalCommand(): Command {
  const photos = withDenseOptions(withRefineOptions(withQueueOptions(new Command("photos"))), EVALUATED_DENSE)
    .description("photos with ground truth: cameras, depth and matches")
    .requiredOption(
      "--truth <folder>",
      "scenes with a scene.json each, or one such scene; docs/evaluation.md explains it",
    )
    .option("--protocol <file>", "which photos to take together (default: all of each scene)")
    .action((flags: EvalPhotosFlags) =>
      runAction(async (signal) => (await import("../run-evaluations.ts")).evalPhotos(flags, signal), RESUME_HINT),
    );
  const procedural = withQueueOptions(new Command("procedural"))
    .description("procedural scenes that no network was trained on, beside an answer that does not look")
    .option("--scenes <n>", "how many scenes", positiveInteger, 50)
    .option("--pairs <n>", "how many pairs of photos in all", positiveInteger, 200)
    .action((flags: EvalProceduralFlags) =>
      runAction(async (signal) => (await import("../run-evaluations.ts")).evalProcedural(flags, signal), RESUME_HINT),
    );
  const fidelity = withEvalOptions(new Command("fidelity"))
    .description("how far --dtype q8 or fp16 is from float32, on procedural pairs and on photos")
    .option("--photos <folder>", "photos whose neighbors by name are pairs, too; folders in it as well")
    .option("--pairs <n>", "how many procedural pairs, and at most how many of photos", positiveInteger, 40)
    .action((flags: EvalFidelityFlags) =>
      runAction(async (signal) => (await import("../run-evaluations.ts")).evalFidelity(flags, signal), RESUME_HINT),
    );
  const merge = withOutputOptions(new Command("merge"))
    .description("shards of one evaluation as if it had been run at once")
    .argument("<folders...>", "what --output was for each shard")
    .option("-o, --output <folder>", "receives report.html and report.json")
    .action((folders: string[], flags: EvalMergeFlags) =>
      runAction(async () => (await import("../run-evaluations.ts")).evalMerge(folders, flags)),
    );
  const compare = withOutputOptions(new Command("compare"))
    .description("finished evaluations of several weights in one table")
    .argument("<folders...>", "what --output was for each")
    .action((folders: string[], flags: OutputFlags) =>
      runAction(async () => (await import("../run-evaluations.ts")).evalCompare(folders, flags)),
    );
  const command = new Command("eval")
    .description("measure a network: accuracy tables, JSON and an HTML report with the worst cases")
    .addCommand(photos)
    .addCommand(procedural)
    .addCommand(fidelity)
    .addCommand(merge)
    .addCommand(compare);
  for (const [name, description] of Object.entries(DATA_BENCHMARK_HELP))
    command.addCommand(dataCommand(name, description));
  return command;
}

function dataCommand(name: string, description: string): Command {
  const command = withQueueOptions(new Command(name))
    .description(description)
    .requiredOption("--data <folder>", "the data set, in the layout docs/evaluation.md names");
  if (name.startsWith("localize-"))
    command.option(
      "--pairs <file>",
      "lines `query map-photo`, best first (default: what the encoder finds most alike)",
    );
  if (name === "dtu" || name.startsWith("mvd-")) withDenseOptions(command, EVALUATED_DENSE);
  return command.action((flags: EvalDataFlags) =>
    runAction(async (signal) => (await import("../run-evaluations.ts")).evalData(name, flags, signal), RESUME_HINT),
  );
}

function withQueueOptions(command: Command): Command {
  return withEvalOptions(command)
    .option("--queue <url>", "have it done by the workers at redis://host:port or postgres://user@host/database")
    .option(
      "--store <place>",
      "where these leave what they find: a folder that all machines share, or s3://bucket/prefix",
    );
}

function withEvalOptions(command: Command): Command {
  return withViewOptions(command)
    .option("-o, --output <folder>", "receives records.jsonl, report.html and report.json; an interrupted run goes on")
    .option("--shard <i/n>", "run only part i of n; `dust3r eval merge` joins them", parseShard);
}
