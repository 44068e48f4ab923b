import { describe, expect, test } from "vitest";
import { type KnownPhoto, oracleNetwork } from "../../test/oracle-network.ts";
import { oracleViews } from "../../test/oracle-pairs.ts";
import { roomCameras, roomDepth } from "../../test/synthetic-pairs.ts";
import { InputError } from "../core/errors.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { reconstructViews } from "./reconstruct.ts";

const size = { width: 32, height: 24 };

/** Two photos of a room, and a network that knows it. */
function room() {
  const cameras = roomCameras([size, size], "metric");
  const views = oracleViews(
    cameras.map((camera) => camera.size),
    { scale: 1, crop: 0 },
  );
  const photos = cameras.map((camera): KnownPhoto => {
    const { focal, worldFromCam } = camera;
    return { ...size, intrinsics: centeredIntrinsics(size, focal), worldFromCam, depth: roomDepth(camera) };
  });
  return { views, network: oracleNetwork(new Map(photos.map((photo, i) => [views[i]!.name, photo]))) };
}

describe("meters from the network", () => {
  const priors = { predictionsInMeters: true };
  const { views, network } = room();

  test("are refused where its weights do not predict meters", async () => {
    const failed = reconstructViews({ network }, views, { priors });
    await expect(failed).rejects.toThrow(InputError);
    await expect(reconstructViews({ network }, views, { priors })).rejects.toThrow(/oracle does not predict meters/);
  });

  test("are believed where the weights say so", async () => {
    const { checkpoint } = network;
    const config = { ...checkpoint.config, metric: true };
    const metric: PairInference = { ...network, checkpoint: { ...checkpoint, config } };
    expect((await reconstructViews({ network: metric }, views, { priors })).units).toBe("metres");
  });
});
