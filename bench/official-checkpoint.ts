import { randomFillSync } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { safetensorsHeader } from "../src/formats/safetensors-writer.ts";
import type { NetworkConfig } from "../src/network/config.ts";
import { parameterShapes } from "../src/network/parameters.ts";
import { hubConfig } from "../src/training/run/training-checkpoint.ts";

/** The published sizes (SPEC of the three checkpoints). */
export const OFFICIAL: Readonly<Record<"224_linear" | "512_dpt", NetworkConfig>> = {
  "224_linear": trunk({ kind: "linear" }, 224),
  "512_dpt": trunk({ kind: "dpt", featureDim: 256, lastDim: 128, layerDims: [96, 192, 384, 768] }, 512),
};

function trunk(head: NetworkConfig["head"], size: number): NetworkConfig {
  return {
    patchSize: 16,
    encoder: { dim: 1024, depth: 24, heads: 16 },
    decoder: { dim: 768, depth: 12, heads: 12 },
    mlpRatio: 4,
    ropeBase: 100,
    head,
    depthMode: "exp",
    confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
    imageSize: { height: size, width: size },
  };
}

/**
 * A folder in the hub's layout with random weights of an official size (2.1 to 2.3 GB), made once in the temporary folder. Speed does
 * not depend on the values. Every layer's are as large as training starts with, and normalizations multiply by one or so: what comes out
 * depends on all layers and on the photos.
 */
export async function officialCheckpoint(name: keyof typeof OFFICIAL): Promise<string> {
  const config = OFFICIAL[name];
  const folder = join(tmpdir(), `dust3r-bench-random-${name}`);
  const path = join(folder, "model.safetensors");
  if (existsSync(path)) return folder;
  await mkdir(folder, { recursive: true });
  const shapes = parameterShapes(config);
  const specs = new Map([...shapes].map(([key, shape]) => [key, { dtype: "F32" as const, shape }]));
  const file = await open(`${path}.partial`, "w");
  await file.write(safetensorsHeader(specs));
  const random = new Uint32Array(1 << 20);
  for (const [key, shape] of shapes) {
    let left = shape.reduce((a, b) => a * b, 1);
    const scale = shape.length > 1 ? Math.sqrt(3 / (left / shape[0]!)) : 0.02;
    const mean = /norm\w*\.weight$/.test(key) ? 1 : 0;
    while (left > 0) {
      const count = Math.min(left, random.length);
      randomFillSync(random);
      const values = Float32Array.from(random.subarray(0, count), (bits) => mean + (bits / 2 ** 31 - 1) * scale);
      await file.write(new Uint8Array(values.buffer));
      left -= count;
    }
  }
  await file.close();
  await rename(`${path}.partial`, path);
  await writeFile(join(folder, "config.json"), hubConfig(config));
  return folder;
}
