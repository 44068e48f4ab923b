import { expect, test } from "vitest";
import { advicePhotos, adviceScene } from "./capture-advice.ts";

type Images = Parameters<typeof adviceScene>[0]["images"];

function scene(photos: readonly { registered?: boolean; pose?: string }[], status: "ok" | "no-evidence" = "ok") {
  const images = photos.map(({ registered = true, pose = "refined" }, i) => {
    return { file: `${i + 1}.jpg`, registered, pose_source: registered ? pose : null };
  });
  return { images: images as unknown as Images, status, refinement: { verified_pairs: 1, points: 100 } };
}

test("a firm scene needs no advice", () => {
  expect(adviceScene(scene([{}, {}, {}]))).toEqual([]);
});

test("photos without overlap are named by their number", () => {
  expect(adviceScene(scene([{}, {}, { registered: false }]))).toEqual([
    "There is no overlap with photo 3 (3.jpg): take one more in between, or leave it out.",
  ]);
  expect(adviceScene(scene([{}, { registered: false }], "no-evidence"))[0]).toContain("one place");
});

test("cameras that are only estimated are named, and two photos are called few", () => {
  expect(adviceScene(scene([{}, {}, { pose: "network" }]))[0]).toContain("camera of photo 3 is only estimated");
  expect(adviceScene(scene([{}, {}]))[0]).toContain("a third one");
});

test("a photo with far less detail than the others is asked about, one alone wants company", () => {
  const photos = [100, 90, 5, null].map((value, i) => ({ name: `${i}.jpg`, sharpness: value }));
  expect(advicePhotos(photos)).toEqual(["Photo 3 (2.jpg) has far less detail than the others: is it blurred?"]);
  expect(advicePhotos(photos.slice(0, 1))[0]).toContain("One photo alone");
  expect(advicePhotos(photos.slice(0, 2))).toEqual([]);
});
