import { InputError } from "../../core/errors.ts";
import { CAMERA_PARAMETERS } from "./camera-models.ts";
import type { ColmapCamera, ColmapImage, ColmapPoints } from "./model.ts";

/** The text of `cameras.txt`. */
export function formatCameras(cameras: Iterable<ColmapCamera>): string {
  const lines = [...cameras].map(({ id, model, width, height, params }) => {
    return [id, model, width, height, ...params].join(" ");
  });
  return file(["CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]", `PINHOLE: ${CAMERA_PARAMETERS.PINHOLE.join(", ")}`], lines);
}

/** The text of `images.txt`. An `InputError` for a name with white space, which COLMAP would read as cut off. */
export function formatImages(images: readonly ColmapImage[]): string {
  const lines = images.flatMap(({ id, quaternion, translation, cameraId, name, keypoints, pointIds }) => {
    if (/\s/.test(name)) {
      throw new InputError(`${name}: COLMAP's text files hold no names with spaces: rename it, or write binary files`);
    }
    const observations = Array.from(pointIds, (pointId, k) => `${keypoints[2 * k]} ${keypoints[2 * k + 1]} ${pointId}`);
    return [[id, ...quaternion, ...translation, cameraId, name].join(" "), observations.join(" ")];
  });
  return file(["IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME", "POINTS2D[] as (X, Y, POINT3D_ID)"], lines);
}

/** The text of `points3D.txt`. */
export function formatPoints({ ids, positions, colors, errors, trackStarts, tracks }: ColmapPoints): string {
  const lines = Array.from(ids, (id, i) => {
    const track = tracks.subarray(2 * trackStarts[i]!, 2 * trackStarts[i + 1]!);
    const [at, end] = [3 * i, 3 * i + 3];
    return [id, ...positions.subarray(at, end), ...colors.subarray(at, end), errors[i]!, ...track].join(" ");
  });
  return file(["POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[] as (IMAGE_ID, POINT2D_IDX)"], lines);
}

function file(comments: readonly string[], lines: readonly string[]): string {
  return [...comments.map((comment) => `# ${comment}`), ...lines].map((line) => `${line}\n`).join("");
}
