import { z } from "zod";
import { joinPath, listFolders, openFile, placeFolder, readText, removeFolder } from "#platform";
import { FormatError, InputError } from "../../core/errors.ts";
import { parseJsonText } from "../../formats/json-text.ts";
import { readSafetensorsHeader } from "../../formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../../formats/safetensors-writer.ts";
import { readFloats } from "../../formats/tensor-entry.ts";
import type { NetworkConfig } from "../../network/config.ts";
import type { Objective } from "../objectives/objective.ts";
import { type AdamwState, adamwState } from "../optimizer/adamw.ts";
import type { ParameterLayout } from "../optimizer/parameter-layout.ts";

/** Everything that the next step depends on. */
export interface TrainingState {
  readonly values: Float32Array;
  readonly optimizer: AdamwState;
  /** Optimizer steps taken, all stages together. */
  step: number;
}

/** Checkpoints kept beside the best one. */
const KEPT = 2;

/**
 * Writes a checkpoint into `folder/step-N`, in the hub's layout so that `--model` takes it as it is, with the
 * optimizer's state beside it; older ones are removed. A full disk leaves those that are there untouched.
 * @returns the checkpoint's folder
 */
export async function saveTrainingState(
  folder: string,
  state: TrainingState,
  layout: ParameterLayout,
  { network, config }: Pick<Objective, "network" | "config">,
): Promise<string> {
  const { values, optimizer, step } = state;
  const target = joinPath(folder, `step-${String(step).padStart(9, "0")}`);
  await placeFolder(
    target,
    new Map([
      ["model.safetensors", writeSafetensors(namedTensors(layout, values))],
      ["config.json", new TextEncoder().encode(hubConfig(network))],
      [
        "optimizer.safetensors",
        writeSafetensors(
          new Map([
            ["mean", vector(optimizer.mean)],
            ["meanSquare", vector(optimizer.meanSquare)],
          ]),
        ),
      ],
      ["training.json", new TextEncoder().encode(JSON.stringify({ step, optimizerSteps: optimizer.steps, config }))],
    ]),
  );
  for (const old of (await savedSteps(folder)).slice(0, -KEPT)) await removeFolder(joinPath(folder, old));
  return target;
}

/** A state and where it was found. */
export interface SavedState {
  readonly folder: string;
  readonly state: TrainingState;
}

/**
 * The newest state in `folder`, undefined when there is none; an `InputError` when it was trained with another
 * configuration, unless `changedConfig`.
 */
export async function latestTrainingState(
  folder: string,
  layout: ParameterLayout,
  { isOwnConfig }: Pick<Objective, "isOwnConfig">,
  changedConfig: boolean,
): Promise<SavedState | undefined> {
  const newest = (await savedSteps(folder)).at(-1);
  if (newest === undefined) return undefined;
  const path = joinPath(folder, newest);
  const record = await readRecord(joinPath(path, "training.json"));
  if (!changedConfig && !isOwnConfig(record.config)) {
    throw new InputError(
      `${path} was trained with another configuration: go on with the same one, choose another output folder, or ` +
        "accept the change",
      { remedies: ["changedConfig"] },
    );
  }
  const values = new Float32Array(layout.length);
  await readNamedTensors(joinPath(path, "model.safetensors"), layout, values);
  const optimizer = adamwState(layout);
  await readVectors(joinPath(path, "optimizer.safetensors"), {
    mean: optimizer.mean,
    meanSquare: optimizer.meanSquare,
  });
  optimizer.steps = record.optimizerSteps;
  return { folder: path, state: { values, optimizer, step: record.step } };
}

const recordSchema = z.object({
  step: z.int().nonnegative(),
  optimizerSteps: z.int().nonnegative(),
  config: z.unknown(),
});

async function readRecord(path: string): Promise<z.infer<typeof recordSchema>> {
  const record = recordSchema.safeParse(parseJsonText((await readText(path)) ?? "", path));
  if (record.success) return record.data;
  const remedy = "remove its folder to go on from the checkpoint before it";
  throw new FormatError(path, `is not what a checkpoint keeps: a step and a configuration are expected; ${remedy}`);
}

/** `config.json` as the hub has it, Python's infinities included. */
export function hubConfig(network: NetworkConfig): string {
  const { encoder, decoder, head, imageSize, patchSize, ropeBase } = network;
  const json = JSON.stringify({
    output_mode: "pts3d",
    head_type: head.kind,
    depth_mode: ["exp", "-Infinity", "Infinity"],
    conf_mode: ["exp", 1, "Infinity"],
    freeze: "none",
    landscape_only: false,
    patch_embed_cls: "PatchEmbedDust3R",
    pos_embed: `RoPE${ropeBase}${network.cosinePositions ? "+cosine" : ""}`,
    img_size: [imageSize.height, imageSize.width],
    patch_size: patchSize,
    enc_embed_dim: encoder.dim,
    enc_depth: encoder.depth,
    enc_num_heads: encoder.heads,
    dec_embed_dim: decoder.dim,
    dec_depth: decoder.depth,
    dec_num_heads: decoder.heads,
  });
  return json.replaceAll(/"(-?Infinity)"/g, "$1");
}

async function savedSteps(folder: string): Promise<readonly string[]> {
  return (await listFolders(folder)).filter((name) => /^step-\d+$/.test(name)).sort();
}

/** A layout's values as named tensors. */
export function namedTensors({ ranges }: ParameterLayout, values: Float32Array): Map<string, TensorContent> {
  return new Map(
    [...ranges].map(([name, { shape, start, end }]) => [
      name,
      { dtype: "F32", shape, values: values.subarray(start, end) },
    ]),
  );
}

/** A flat array as a tensor. */
export function vector(values: Float32Array): TensorContent {
  return { dtype: "F32", shape: [values.length], values };
}

async function readNamedTensors(path: string, { ranges }: ParameterLayout, values: Float32Array): Promise<void> {
  const targets = [...ranges].map(([name, { start, end }]) => [name, values.subarray(start, end)] as const);
  await readVectors(path, Object.fromEntries(targets));
}

async function readVectors(path: string, targets: Readonly<Record<string, Float32Array>>): Promise<void> {
  const file = await openFile(path);
  try {
    const { tensors } = await readSafetensorsHeader(file);
    for (const [name, target] of Object.entries(targets)) {
      const entry = tensors.get(name);
      if (entry === undefined) throw new FormatError(path, `has no ${name}: it belongs to another architecture`);
      const values = await readFloats(file, entry);
      if (values.length !== target.length) {
        throw new FormatError(path, `${name} holds ${values.length} numbers; ${target.length} were expected`);
      }
      target.set(values);
    }
  } finally {
    await file.close();
  }
}
