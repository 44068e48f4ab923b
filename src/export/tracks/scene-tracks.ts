import type { Scene } from "../../core/scene.ts";
import {
  joinedTrackPoints,
  type TrackPoint,
  type TrackPoints,
  trackPointsIn,
  trackPointsOf,
} from "../../core/track-points.ts";
import type { Size } from "../../core/view.ts";
import { growTracks } from "./grow-tracks.ts";
import { PosedDepth } from "./posed-depth.ts";
import { trackPoint } from "./track-point.ts";

/** About as many points as structure from motion finds in a set of photos; trainers of splats start from as many. */
const MOST_TRACKS = 50_000;
/** Below this cell size, in network pixels, tracks would only repeat each other: no network resolves more than that. */
const SMALLEST_CELL = 4;
/** A match may be off by this share of the photo's diagonal, and always by 1.5 network pixels. */
const RADIUS_SHARE = 0.005;
const SMALLEST_RADIUS = 1.5;

/**
 * The points of a scene that two or more photos agree on, with where each sees them, in network pixels: those triangulated
 * from features, and by depth those that a photo shows whose camera is not refined.
 */
export function sceneTracks(scene: Scene, minConfidence: number): TrackPoints {
  const { images, tracks } = scene;
  const isRefined = images.map(({ poseSource }) => tracks !== undefined && poseSource === "refined");
  const triangulated = tracks && trackPointsIn(tracks, (image) => images[image]!.registered);
  if (triangulated && images.every(({ registered }, i) => !registered || isRefined[i])) return triangulated;
  const ofOthers = depthTracks(scene, minConfidence).filter(({ observations }) =>
    observations.some(({ image }) => !isRefined[image]),
  );
  const byDepth = trackPointsOf(ofOthers);
  return triangulated ? joinedTrackPoints(triangulated, byDepth) : byDepth;
}

/** The points on which the depths of two or more photos agree. */
function depthTracks(scene: Scene, minConfidence: number): TrackPoint[] {
  const photos = scene.images.map((image) => (image.registered ? new PosedDepth(image, minConfidence) : undefined));
  const radius = matchRadius(scene.images);
  const cell = cellSize(scene.images.filter(({ registered }) => registered));
  const tracks = growTracks(photos, { pairs: scene.pairs, cell, radius });
  return tracks.map((track) => trackPoint(track, photos, radius)).filter((point) => point !== undefined);
}

function cellSize(images: readonly Size[]): number {
  const pixels = images.reduce((sum, { width, height }) => sum + width * height, 0);
  return Math.max(SMALLEST_CELL, Math.ceil(Math.sqrt(pixels / MOST_TRACKS)));
}

/** Network pixels within which photos of these sizes may differ about a point. */
export function matchRadius(images: readonly Size[]): number {
  const diagonal = Math.max(...images.map(({ width, height }) => Math.hypot(width, height)));
  return Math.max(SMALLEST_RADIUS, RADIUS_SHARE * diagonal);
}
