import type { Command } from "commander";

type Two = readonly [string, string];

/** Two ways to call each command, by its path below `dust3r`. */
const EXAMPLES: Readonly<Record<string, Two>> = {
  "": ["reconstruct photos/ -o out/", "view out/"],
  reconstruct: [
    "reconstruct photos/*.jpg -o out/",
    "reconstruct photos/ -o out/ --pairs retrieval:10 --shared-focal --export report,colmap",
  ],
  match: ["match a.jpg b.jpg --draw matches.png", "match a.jpg b.jpg --json > matches.json"],
  focal: ["focal a.jpg", "focal a.jpg b.jpg c.jpg --shared-focal --json"],
  pose: ["pose a.jpg b.jpg", "pose a.jpg b.jpg --method pnp --json"],
  depth: ["depth photo.jpg -o out/", "depth photos/ -o out/ --format png,exr"],
  localize: ["localize query.jpg --map out/", "localize queries/ --map colmap-model/ --photos photos/ --json"],
  add: ["add out/ new.jpg", "add out/ new-photos/ --photos photos/ --top 10"],
  infer: ["infer a.jpg b.jpg -o pairs.safetensors", "infer photos/ -o pairs.safetensors --pairs window:3 --half"],
  align: ["align pairs.safetensors -o out/", "align pairs.safetensors -o out/ --align pair --export ply,glb"],
  models: ["models list", "models info small"],
  "models list": ["models list", "models list --json"],
  "models info": ["models info small", "models info weights.safetensors --json"],
  "models pull": [
    "models pull naver/DUSt3R_ViTLarge_BaseDecoder_512_dpt",
    "models pull naver/DUSt3R_ViTLarge_BaseDecoder_224_linear --quiet",
  ],
  doctor: ["doctor", "doctor --json"],
  demo: ["demo", "demo -o out/ --quiet"],
  view: ["view out/", "view out/ --no-open"],
  serve: ["serve", "serve --host 0.0.0.0 --port 9000 --max-photos 40"],
  data: ["data generate -o shards/ --scenes 100", "data pairs photos/ -o pairs.txt"],
  "data generate": [
    "data generate -o shards/ --scenes 100 --preview sheet.png",
    "data generate -o shards/ --scenes 5000 --width 128 --height 96 --seed 2",
  ],
  "data check": ["data check co3d co3d/", "data check habitat habitat/ --frames 200 --preview pairs.png"],
  "data prepare": [
    "data prepare co3d --from release/ --to co3d/",
    "data prepare megadepth --from release/ --to megadepth/ --pairs pairs.npz",
  ],
  "data pairs": [
    "data pairs photos/ -o pairs.txt --retrieve 10",
    "data pairs queries/ --map photos/ -o pairs.txt --verify",
  ],
  pretrain: ["pretrain croco.json -o croco/", "pretrain croco.json -o croco/ --processes 2"],
  train: ["train config.json -o run/", "train export config.json -o graph/"],
  "train run": ["train config.json -o run/", "train config.json -o run/ --init croco/last.safetensors"],
  "train export": ["train export config.json -o graph/", "train export config.json -o graph/ --stage 1 --check 3"],
  eval: ["eval procedural --model small", "eval photos --truth scenes/ -o results/"],
  "eval photos": [
    "eval photos --truth scenes/",
    "eval photos --truth scenes/ --protocol protocol.json -o results/ --shard 1/4",
  ],
  "eval procedural": ["eval procedural --model small", "eval procedural --scenes 10 --pairs 40 --json"],
  "eval fidelity": ["eval fidelity --dtype q8", "eval fidelity --dtype q8 --photos photos/ --pairs 20 --json"],
  "eval merge": ["eval merge part-1/ part-2/", "eval merge part-1/ part-2/ -o results/ --json"],
  "eval compare": ["eval compare small/ tiny/", "eval compare small/ tiny/ --json"],
};

/** Ends the help of a command, and of all below it, with two examples. */
export function addExamples(command: Command, path = ""): void {
  const examples = (EXAMPLES[path] ?? benchmarkExamples(path)).map((example) => `  dust3r ${example}`);
  command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
  for (const child of command.commands) addExamples(child, `${path} ${child.name()}`.trim());
}

function benchmarkExamples(path: string): Two {
  const data = `${path} --data ${path.slice(path.lastIndexOf("-") + 1).replace("eval ", "")}/`;
  return [data, `${data} -o results/ --shard 1/4`];
}
