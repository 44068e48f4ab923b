import { z } from "zod";
import type { AnswerStatus } from "../core/answer-status.ts";
import type { AlignmentReport } from "../core/scene.ts";
import type {
  PairingJson,
  PosedPhotosJson,
  SceneJson,
  SceneJsonImage,
  SceneJsonPair,
  StoredLens,
  StoredMap,
} from "./scene-format.ts";

// What each field means is described here, from which `schemas/` is made; the compiler holds the fields to their types.

/** A schema for every field of `T`, none missing and none besides. */
type Fields<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> };

/** A matrix of numbers as its rows. */
export function matrixSchema(rows: number, columns: number): z.ZodType<number[][]> {
  return z.array(z.array(z.number()).length(columns)).length(rows);
}

/** Whether an answer rests on something. */
export const answerStatusSchema: z.ZodType<AnswerStatus> = z
  .enum(["ok", "no-evidence"])
  .describe(
    "no-evidence: there is no evidence that any two of the photos are of one place, or that they have any content",
  );

const count = z.int().min(0);

const mapFields: Fields<StoredMap> = {
  file: z.string().min(1).describe("16-bit gray PNG of the photo's size, relative to the folder of scene.json"),
  scale: z.number().positive().describe("value = scale × code; code 0 where there is no value"),
};

const lensFields: Fields<StoredLens> = {
  K: matrixSchema(3, 3).describe("Of the photo as its file has it"),
  model: z.enum(["radial", "fisheye"]).describe("OpenCV's polynomials"),
  k: z.array(z.number()).describe("k1 to k6, or k1 to k4 of a fisheye"),
  p: z.tuple([z.number(), z.number()]).nullable().describe("p1 and p2; null for a fisheye"),
};

const agreementFields: Fields<Pick<SceneJsonPair, "residual" | "inlier_share">> = {
  residual: z
    .number()
    .nullable()
    .describe(
      "Median distance between a pixel's point by its pairs and by the scene, weighted by confidence, as a " +
        "share of the distance from the camera; null where nothing was optimized",
    ),
  inlier_share: z
    .number()
    .nullable()
    .describe("Share of the pixels, weighted by confidence, for which that distance is below a tenth"),
};

const imageFields: Fields<SceneJsonImage> = {
  file: z.string().min(1).describe("The photo's file name, unique in the scene"),
  width: z.int().positive().describe("Width of the original photo after its EXIF orientation, in pixels"),
  height: z.int().positive().describe("Height of the original photo after its EXIF orientation, in pixels"),
  registered: z.boolean().describe("False for a photo that is not in the scene's world: it has neither pose nor depth"),
  K: matrixSchema(3, 3).describe("[[fx, 0, cx], [0, fy, cy], [0, 0, 1]] in original pixels; pixel centers at integers"),
  camera: count.describe("Photos of one number are of one camera and share their focal length"),
  focal_source: z
    .enum(["given", "features", "exif", "network", "assumed"])
    .nullable()
    .describe(
      "Where the focal length comes from: given beforehand, found by local features of several photos, by the " +
        "network and EXIF data together, by the network alone, or assumed for want of any; null for photos of scenes without it",
    ),
  pose_source: z
    .enum(["given", "refined", "network"])
    .nullable()
    .describe(
      "Where the pose comes from: given beforehand, refined on local features of the photos, or the network alone; null when " +
        "not registered, or not known",
    ),
  lens: z
    .object(lensFields)
    .nullable()
    .describe("The lens that bent the photo's lines, else null; all else is of the photo with its lines made straight"),
  cam_from_world: matrixSchema(4, 4)
    .nullable()
    .describe("Pose of the camera, row-major, OpenCV axes: x right, y down, z forward; null when not registered"),
  world_from_cam: matrixSchema(4, 4).nullable().describe("The inverse of cam_from_world"),
  mean_confidence: z.number().describe("Mean of the photo's confidence map"),
  component: count
    .nullable()
    .describe("Photos of one number are in one world; 0 are the registered ones, null a photo alone"),
  ...agreementFields,
  shared_points: count.describe("Points of the scene that the photo shares with others"),
  connected_photos: count.describe("Photos with which it shares 15 points or more"),
  reprojection_error: z
    .number()
    .nullable()
    .describe("Mean distance in original pixels between where the photo has a shared point and where it projects"),
  median_reprojection_error: z.number().nullable().describe("The median of these distances"),
  depth: z
    .object(mapFields)
    .nullable()
    .describe("Depth along the optical axis, in the scene's units; null when not registered or not written"),
  confidence: z.object(mapFields).nullable().describe("Confidence of each pixel, at least 1"),
  source: z
    .object(mapFields)
    .nullable()
    .describe("Where depth comes from: 1 not measured, 2 measured by stereo; null where all of it is the network's"),
};

const pairFields: Fields<SceneJsonPair> = {
  image1: z.string().describe("A photo, by its file"),
  image2: z.string().describe("The other photo, by its file"),
  mean_confidence: z.number().describe("Mean over both confidence maps"),
  ...agreementFields,
  shared_points: count.describe("Points of the scene that both photos see"),
};

const pairingFields: Fields<PairingJson> = {
  pairs: count.describe("Pairs of photos, each once"),
  matched_pairs: count
    .nullable()
    .describe("Of these, pairs whose local features match beyond chance; null where no features were looked at"),
  sequences: z.array(count).describe("Photos in each sequence that was recognized by names and times"),
  groups: count.describe("Groups of photos that matches or sequences connect"),
  bridges: z
    .array(z.tuple([z.string(), z.string()]))
    .describe("Pairs that join these groups and that nothing but a likeness speaks for, by their files"),
  unmatched: z.array(z.string()).describe("Photos whose features match those of no other, by their files"),
};

/** How photos were paired; null where that was told. */
export const pairingSchema: z.ZodType<PairingJson | null> = z
  .object(pairingFields)
  .nullable()
  .describe("How photos were paired by --pairs auto; null where they were few, or that was told");

const alignmentFields: Fields<AlignmentReport> = {
  method: z.enum(["monocular", "pair", "spanning-tree", "global", "none"]).describe("How pairs became one scene"),
  loss: z.number().nullable().describe("Value of the global objective; null where none was minimized"),
  iterations: count.describe("Steps of the optimizer"),
  seconds: z.number().min(0),
};

const sceneFields: Fields<SceneJson> = {
  version: z.literal(1),
  units: z.enum(["arbitrary", "metres"]).describe("Of translations and depth"),
  status: answerStatusSchema,
  warnings: z.array(z.string()).describe("What speaks against the result, one sentence each"),
  min_confidence: z.number().describe("Pixels below this confidence became no points"),
  model: z
    .object({ name: z.string(), dtype: z.string(), device: z.string() })
    .describe("The weights, in which precision and on what they ran"),
  images: z.array(z.object(imageFields)).min(1).describe("The photos, in the order of the input"),
  pairs: z.array(z.object(pairFields)).describe("The photos that the network saw together"),
  pairing: pairingSchema,
  alignment: z.object(alignmentFields),
  refinement: z
    .object({
      verified_pairs: count.describe("Pairs of photos whose local features support a relative pose"),
      points: count.describe("Points triangulated from features"),
    })
    .nullable()
    .describe("What local features contributed to the cameras; null where they were not asked"),
  timings: z.record(z.string(), z.number()).describe("Seconds by stage"),
  peak_memory_bytes: z.number().min(0).describe("Largest resident set of all processes together"),
};

/** What `reconstruct`, `add` and `align` write and print. */
export const SCENE_JSON: z.ZodType<SceneJson> = z
  .object(sceneFields)
  .meta({ title: "scene.json", description: "A reconstruction: cameras, maps and what is known of their quality" });

const posedPhoto = z
  .object(imageFields)
  .partial()
  .extend({
    file: imageFields.file,
    width: imageFields.width,
    height: imageFields.height,
    registered: imageFields.registered.optional(),
    K: imageFields.K.nullish(),
    lens: imageFields.lens.optional(),
    disparity: z
      .object({
        ...mapFields,
        match_image: z
          .string()
          .describe("Where the match of (x, y) is at (x - d, y) of a left photo, (x + d, y) of a right one"),
      })
      .nullish()
      .describe("Disparity of a rectified stereo photo, in pixels"),
  });

/** What commands read that take a folder with a `scene.json`. */
export const POSED_PHOTOS_JSON: z.ZodType<PosedPhotosJson> = z
  .object({
    name: z.string().optional().describe("What to call the scene; its folder's name when left out"),
    kind: z
      .enum(["multiview", "pair", "stereo", "single"])
      .optional()
      .describe("What an evaluation asks of the photos; multiview when left out"),
    units: sceneFields.units.nullish(),
    model: sceneFields.model.optional(),
    images: z.array(posedPhoto).min(1).describe("The photos; they stand in the folder under their file names"),
    pairs: z.array(z.object(pairFields).pick({ image1: true, image2: true, mean_confidence: true })).optional(),
    alignment: sceneFields.alignment.optional(),
  })
  .meta({
    title: "scene.json of posed photos",
    description: "Photos with cameras and depth, from any program; fields beyond these are left alone",
  });
