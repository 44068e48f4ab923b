import type { ReportData } from "../../../src/export/report-data.ts";

/** What is known of a photo before a reconstruction. */
export interface CapturedPhoto {
  readonly name: string;
  /** Null for one that the browser cannot show. */
  readonly sharpness: number | null;
}

/** A photo with less than this share of the others' median sharpness is probably blurred. */
const BLURRED = 0.15;

/** What to do about photos before they are reconstructed, one sentence each. */
export function advicePhotos(photos: readonly CapturedPhoto[]): string[] {
  const advice: string[] = [];
  if (photos.length === 1)
    advice.push("One photo alone gives a rough shape: add another one, taken a step to the side.");
  const known = photos.flatMap(({ sharpness }) => sharpness ?? []).sort((a, b) => a - b);
  const median = known[known.length >> 1] ?? 0;
  for (const [i, { name, sharpness }] of photos.entries()) {
    if (sharpness !== null && photos.length > 2 && sharpness < BLURRED * median)
      advice.push(`Photo ${i + 1} (${name}) has far less detail than the others: is it blurred?`);
  }
  return advice;
}

/** What to do about a scene that is weak, one sentence each; nothing for a firm one. */
export function adviceScene(data: Pick<ReportData, "images" | "status" | "refinement">): string[] {
  const { images, status, refinement } = data;
  const apart = images.flatMap(({ registered, file }, i) => (registered ? [] : [`photo ${i + 1} (${file})`]));
  const advice: string[] = [];
  if (status === "no-evidence" && images.length > 1) {
    advice.push(
      "Nothing shows that these photos are of one place. Move a step or two between photos, and keep more than half of the " +
        "picture the same.",
    );
  } else if (apart.length > 0) {
    advice.push(`There is no overlap with ${listed(apart)}: take one more in between, or leave it out.`);
  }
  const coarse = images.flatMap(({ registered, pose_source }, i) =>
    registered && pose_source === "network" ? [`photo ${i + 1}`] : [],
  );
  if (refinement && coarse.length > 0 && coarse.length < images.length)
    advice.push(`The camera of ${listed(coarse)} is only estimated: photos from nearby make it firm.`);
  if (images.length === 2 && status === "ok")
    advice.push("Two photos hardly fix the focal length: a third one makes the scene firmer.");
  return advice;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
