import type { RunOptions } from "../core/progress.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { PixelMapping } from "../core/view.ts";
import { addColors, meanColors } from "./color-vertices.ts";
import { integrateSurface } from "./integrate-surface.ts";
import { marchingCubes } from "./marching-cubes.ts";
import { type MeshDepth, photoSurface } from "./photo-surface.ts";
import { removeIslands } from "./remove-islands.ts";
import { type ColoredMesh, simplifyMesh } from "./simplify-mesh.ts";
import { emptyVolume } from "./sparse-volume.ts";
import { surfaceDetail } from "./surface-detail.ts";
import { touchBlocks } from "./touched-blocks.ts";

/** A photo's picture, and where in it a pixel of the depth map is. */
export interface MeshPicture {
  readonly picture: RgbImage;
  readonly pictureFromDepth: PixelMapping;
}

/** What a mesh is made from. Photos come one by one, several times. */
export interface FuseMeshOptions extends RunOptions {
  readonly photos: number;
  readonly loadDepth: (photo: number) => Promise<MeshDepth>;
  readonly loadPicture: (photo: number) => Promise<MeshPicture>;
  /** Blocks of 512 voxels, 4 kB each, in memory at most: voxels are made larger until they suffice; 32,768 when left out. */
  readonly mostBlocks?: number | undefined;
  /** Triangles at most; a million when left out. */
  readonly mostTriangles?: number | undefined;
}

/** One mesh of many depth maps. */
export interface FusedMesh extends ColoredMesh {
  /** Distance between neighboring voxels, in the world's unit: finer detail is not there. */
  readonly voxel: number;
  /** Share of the pixels with depth that are too far away to be part of a grid so fine. */
  readonly tooFar: number;
}

const MOST_BLOCKS = 32_768;
/** What viewers on ordinary machines still render smoothly. */
const MOST_TRIANGLES = 1_000_000;
/** Pixels to a voxel: a grid as fine as the pixels would carry their noise. */
const PIXELS_PER_VOXEL = 1.5;
/** Voxels in front of and behind a surface that it is looked at. */
const TRUNCATION = 4;
/** Steps of the growth of voxels where there are too many. */
const COARSER = 1.25;
/** Share of a voxel by which simplification may move the surface. */
const TOLERANCE = 0.25;

/**
 * The surface on which depth maps agree best, as one mesh: their truncated signed distances as a weighted mean on a sparse grid,
 * marching cubes, no islands, fewer triangles where it is smooth. Voxels are as large as one and a half pixels are on the surface or as
 * far as photos usually disagree, whichever is more. What no photo sees is open.
 */
export async function fuseMesh(options: FuseMeshOptions): Promise<FusedMesh> {
  const { photos, loadDepth, loadPicture, onProgress, signal } = options;
  const { mostBlocks = MOST_BLOCKS, mostTriangles = MOST_TRIANGLES } = options;
  let done = 0;
  const step = async (): Promise<void> => {
    onProgress?.({ stage: "mesh", done: ++done, total: 2 * photos + 2 });
    // Lets Ctrl-C and messages through.
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
  };
  const { spacing, disagreement } = await surfaceDetail(photos, loadDepth);
  const grid = await chosenGrid(Math.max(PIXELS_PER_VOXEL * spacing, disagreement), { photos, loadDepth, mostBlocks });
  await step();
  const volume = emptyVolume(grid.blocks, grid);
  for (let i = 0; i < photos; i++) {
    integrateSurface(volume, photoSurface(await loadDepth(i), spacing));
    await step();
  }
  const { positions, triangles } = removeIslands(marchingCubes(volume));
  await step();
  const sums = new Float32Array((4 * positions.length) / 3);
  for (let i = 0; i < photos; i++) {
    const surface = photoSurface(await loadDepth(i), spacing);
    addColors(sums, positions, { surface, ...(await loadPicture(i)), tolerance: grid.truncation });
    await step();
  }
  const mesh = { positions, triangles, colors: meanColors(sums) };
  const simple = await simplifyMesh(mesh, { tolerance: TOLERANCE * grid.voxel, mostTriangles });
  return { ...simple, voxel: grid.voxel, tooFar: grid.tooFar };
}

interface Grid {
  readonly voxel: number;
  readonly truncation: number;
  readonly blocks: ReadonlySet<number>;
  readonly tooFar: number;
}

/** The grid with voxels of this size, or larger ones where it would have too many blocks. */
async function chosenGrid(
  finest: number,
  { photos, loadDepth, mostBlocks }: Pick<FuseMeshOptions, "photos" | "loadDepth"> & { readonly mostBlocks: number },
): Promise<Grid> {
  for (let voxel = finest; ; voxel *= COARSER) {
    const truncation = TRUNCATION * voxel;
    const blocks = new Set<number>();
    let [pixels, far] = [0, 0];
    for (let i = 0; i < photos && blocks.size <= mostBlocks; i++) {
      const touched = touchBlocks(blocks, await loadDepth(i), { voxel, truncation });
      pixels += touched.pixels;
      far += touched.tooFar;
    }
    if (blocks.size <= mostBlocks) return { voxel, truncation, blocks, tooFar: pixels === 0 ? 0 : far / pixels };
  }
}
