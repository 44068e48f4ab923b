import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { expectClose, expectPointsClose, readGoldens } from "../../test/golden.ts";
import { openSession } from "../runtime/session.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { openCheckpoint } from "../weights/open-checkpoint.ts";
import { decoderGraph, encoderGraph } from "./inference-graphs.ts";

const fixtures = resolve(import.meta.dirname, "../../test/fixtures");
const io = readGoldens("tiny_linear_io.safetensors");
const size = { width: 64, height: 48 };

async function pairInParts(checkpoint: Checkpoint, dtype: "fp32" | "fp16") {
  const options = { device: "cpu", threads: 1, weightsFolder: fixtures } as const;
  const encoder = await openSession(encoderGraph(checkpoint, { ...size, batch: 1 }, dtype).bytes, options);
  const encode = async (name: string) => {
    const images = { dtype: "float32", ...io(name) } as const;
    return (await encoder.run({ images })).features!;
  };
  const [features1, features2] = [await encode("A.view1.img"), await encode("A.view2.img")];
  const decoder = await openSession(decoderGraph(checkpoint, size, size, dtype).bytes, options);
  const outputs = await decoder.run({ features1, features2 });
  await Promise.all([encoder.dispose(), decoder.dispose()]);
  return (name: string) => outputs[name]!.data as Float32Array;
}

describe("encoder and decoder graphs on weights opened in place", () => {
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await openCheckpoint(resolve(fixtures, "tiny_linear_checkpoint.pth"));
  });

  test("an official .pth gives the reference's pointmaps", async () => {
    const values = await pairInParts(checkpoint, "fp32");
    expectPointsClose(values("pointmap1"), io("A.pred1.pts3d").data);
    expectPointsClose(values("pointmap2"), io("A.pred2.pts3d_in_other_view").data);
    expectClose(values("confidence1"), io("A.pred1.conf").data);
    expectClose(values("confidence2"), io("A.pred2.conf").data);
  });

  test("views encoded together come out as if each were alone, to the last bit", async () => {
    const options = { device: "cpu", threads: 2, weightsFolder: fixtures } as const;
    const [image1, image2] = [io("A.view1.img").data, io("A.view2.img").data];
    const encode = async (batch: number, data: Float32Array) => {
      const session = await openSession(encoderGraph(checkpoint, { ...size, batch }, "fp32").bytes, options);
      const { features } = await session.run({ images: { dtype: "float32", shape: [batch, 3, 48, 64], data } });
      await session.dispose();
      return features!.data as Float32Array;
    };
    const together = await encode(2, Float32Array.of(...image1, ...image2));
    expect([...together]).toEqual([...(await encode(1, image1)), ...(await encode(1, image2))]);
  });

  test("half precision stays close to float32", async () => {
    const half = await pairInParts(checkpoint, "fp16");
    const confidence = io("A.pred1.conf").data;
    expectClose(half("confidence1"), confidence, { absolute: 0.02, relative: 0.02 });
    // It is another arithmetic, not the same one under another name.
    expect([...half("confidence1")]).not.toEqual([...confidence]);
  });
});
