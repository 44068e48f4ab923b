import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { disturbed, everyPair, relativeErrors } from "../../test/featured-photos.ts";
import { type KnownPhoto, oracleNetwork } from "../../test/oracle-network.ts";
import { board, mottled, tracePhoto } from "../../test/traced-photos.ts";
import type { Pose } from "../core/camera.ts";
import { silentLogger } from "../core/logger.ts";
import { seededRandom } from "../core/random.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { loadViews } from "../images/load-views.ts";
import type { Model } from "./open-model.ts";
import { reconstruct, reconstructViews } from "./reconstruct.ts";

const SIZE = { width: 320, height: 240 };
const FOCAL = 270;
const K1 = -0.2;
const ROOM = [
  board([0, 0, 7], [12, 8], mottled(1)),
  board([-1.1, 0.5, 4.2], [0.8, 0.9], mottled(2)),
  board([1.4, -0.4, 5], [0.7, 1], mottled(3)),
  board([0.4, 1.3, 3.4], [0.9, 0.5], mottled(4)),
];
const POSES = Array.from({ length: 4 }, (_, i) =>
  rigidPose(rotationFromVector([0.02 * i * i, -0.1 * i, 0.02 * i]), [0.7 * i, 0.2 * (i % 2), 0.15 * i]),
);

test("photos of a lens that bends lines are made straight, and cameras are found to a quarter of what they were off by", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dust3r-bent-"));
  try {
    const intrinsics = centeredIntrinsics(SIZE, FOCAL);
    const random = seededRandom("bent photos");
    const known = new Map<string, KnownPhoto>();
    for (const [i, worldFromCam] of POSES.entries()) {
      const { image, depth } = tracePhoto(ROOM, { ...SIZE, worldFromCam, intrinsics, k1: K1 });
      await sharp(image.rgb, { raw: { ...SIZE, channels: 3 } }).toFile(join(folder, `${i}.png`));
      // A network is not exact.
      known.set(`${i}.png`, { ...SIZE, intrinsics, worldFromCam: disturbed(worldFromCam, random), depth });
    }
    const network = oracleNetwork(known);
    const plan = { size: 128, patchSize: 16 };
    const model = {
      network,
      plan,
      checkpoint: network.checkpoint,
      warnings: [],
      device: "cpu",
      peakMemory: async () => 0,
    } as unknown as Model;
    const files = [...known.keys()].map((name) => join(folder, name));
    const bent = await reconstructViews({ network }, await loadViews(files, plan), { files });
    const { scene, views, warnings } = await reconstruct(files, { model, logger: silentLogger });
    const worst = ({ images }: { readonly images: readonly { readonly worldFromCam: Pose }[] }) =>
      Math.max(
        ...everyPair(POSES.length).flatMap(([i, j]) =>
          relativeErrors([images[i]!.worldFromCam, images[j]!.worldFromCam], [POSES[i]!, POSES[j]!]),
        ),
      );
    expect(worst(scene)).toBeLessThan(0.25 * worst(bent));
    for (const { straightening } of views) {
      expect(straightening!.lens.intrinsics.fx / FOCAL).toBeCloseTo(1, 1);
      expect(straightening!.lens.distortion!.k[0]).toBeCloseTo(K1, 1);
    }
    expect(warnings!.join()).toMatch(/0\.png, 1\.png, 2\.png, … tell that their lens bends lines \(k1 -0\.\d+/);
  } finally {
    await rm(folder, { recursive: true });
  }
  // Two reconstructions of real size; a busy machine takes long.
}, 180_000);
