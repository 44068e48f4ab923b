import { openFile } from "#platform";
import { InputError } from "../../core/errors.ts";
import { readFloats } from "../../formats/tensor-entry.ts";
import type { NetworkConfig } from "../../network/config.ts";
import type { Checkpoint } from "../../weights/checkpoint.ts";
import type { ParameterLayout } from "../optimizer/parameter-layout.ts";
import { growDepth, type NetworkParameters, type ParameterValue, resizePatchLayers } from "./grow-network.ts";
import { initialValues } from "./initial-values.ts";

/** What a run starts from, and what was done to make it fit. */
export interface StartingValues {
  readonly values: Float32Array;
  /** One sentence each; none for weights taken as they are. */
  readonly notes: readonly string[];
}

/** The network to start, and where from. */
export interface StartOptions {
  readonly network: NetworkConfig;
  readonly layout: ParameterLayout;
  readonly seed: number;
  /** Weights to start from; drawn at random when left out. */
  readonly init: Checkpoint | undefined;
}

/** What has no equal in a checkpoint with another head, or in one of pre-training. */
const HEADS = /^(downstream_head[12]\.|prediction_head\.|mask_token$)/;

/**
 * A network's first values: random ones, or a checkpoint's. It may have fewer blocks (new ones start as the identity),
 * another patch size (interpolated) and another head or none (drawn at random). In all else it must be of the same
 * architecture; an `InputError` names what is not.
 */
export async function startingValues({ network, layout, seed, init }: StartOptions): Promise<StartingValues> {
  const values = initialValues(layout, seed);
  if (init === undefined) return { values, notes: [] };
  checkRelated(init, network);
  const { config } = init;
  const stored = resizePatchLayers(await readParameters(init), config.patchSize, network.patchSize);
  const parameters = growDepth(stored, config, network);
  const sameHead = config.head.kind === network.head.kind;
  const drawn: string[] = [];
  for (const [name, { shape, start }] of layout.ranges) {
    const isHead = HEADS.test(name);
    const found = isHead && !sameHead ? undefined : parameters.get(name);
    if (found !== undefined && String(found.shape) === String(shape)) values.set(found.values, start);
    else if (isHead && found === undefined) drawn.push(name);
    else {
      const problem = found === undefined ? "is missing" : `is [${found.shape}]`;
      throw new InputError(`${init.name}: ${name} ${problem}; this configuration needs [${shape}]`);
    }
  }
  return { values, notes: startNotes(config, network, drawn) };
}

/** What a network cannot grow out of. */
function checkRelated({ name, config }: Checkpoint, network: NetworkConfig): void {
  const mustMatch: readonly (readonly [what: string, found: unknown, wanted: unknown])[] = [
    ["encoder.heads", config.encoder.heads, network.encoder.heads],
    ["decoder.heads", config.decoder.heads, network.decoder.heads],
    ["the rotary base", config.ropeBase, network.ropeBase],
    ["the depth mode", config.depthMode, network.depthMode],
    ["the confidence mode", JSON.stringify(config.confidenceMode), JSON.stringify(network.confidenceMode)],
  ];
  for (const [what, found, wanted] of mustMatch) {
    if (found !== wanted) {
      throw new InputError(`${name}: another architecture: ${what} is ${found}; this configuration needs ${wanted}`);
    }
  }
  for (const stack of ["encoder", "decoder"] as const) {
    const [found, wanted] = [config[stack].depth, network[stack].depth];
    if (found > wanted) {
      throw new InputError(
        `${name}: another architecture: ${found} ${stack} blocks; this configuration has ${wanted}, and a network ` +
          "can grow but not shrink",
      );
    }
  }
}

async function readParameters(checkpoint: Checkpoint): Promise<NetworkParameters> {
  const parameters = new Map<string, ParameterValue>();
  const file = await openFile(checkpoint.path);
  try {
    for (const [name, location] of checkpoint.tensors) {
      parameters.set(name, { shape: location.shape, values: await readFloats(file, location) });
    }
  } finally {
    await file.close();
  }
  return parameters;
}

function startNotes(from: NetworkConfig, to: NetworkConfig, drawn: readonly string[]): readonly string[] {
  const notes: string[] = [];
  for (const stack of ["encoder", "decoder"] as const) {
    const [old, now] = [from[stack].depth, to[stack].depth];
    if (old < now) notes.push(`the ${stack} grows from ${old} to ${now} blocks; new ones start as the identity`);
  }
  if (from.patchSize !== to.patchSize) {
    notes.push(`patches of ${from.patchSize} pixels become patches of ${to.patchSize}, by interpolation`);
  }
  if (drawn.length > 0) notes.push(`drawn at random: ${[...new Set(drawn.map(headOf))].join(", ")}`);
  return notes;
}

function headOf(name: string): string {
  return name.split(".")[0]!;
}
