import { expect, test } from "vitest";
import { texture } from "../../../test/cli/photos.ts";
import { jpegFrame } from "./jpeg-frame.ts";

const noise = texture("frames", 60, 40);

test("a JPEG file's frame is read before its picture is decoded", async () => {
  const color = await noise.clone().jpeg().toBuffer();
  expect(jpegFrame(color)).toEqual({ width: 60, height: 40, components: 3, isProgressive: false, hasEnd: true });
  const gray = await noise.clone().toColourspace("b-w").jpeg({ progressive: true }).toBuffer();
  expect(jpegFrame(gray)).toEqual({ width: 60, height: 40, components: 1, isProgressive: true, hasEnd: true });
});

test("a file that was cut off has no end, wherever, and one with something behind its picture has", async () => {
  const bytes = await noise
    .clone()
    .withExif({ IFD0: { Make: "Someone" } })
    .jpeg()
    .toBuffer();
  expect(jpegFrame(Buffer.concat([bytes, Buffer.alloc(1000, 7)]))?.hasEnd).toBe(true);
  for (let length = 0; length < bytes.length; length += 13) {
    const frame = jpegFrame(bytes.subarray(0, length));
    if (frame !== undefined) expect(frame.hasEnd).toBe(false);
  }
});
