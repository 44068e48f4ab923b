import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  SRGBColorSpace,
  Texture,
} from "three";
import { frustumCorners } from "../export/frustum.ts";
import type { ReportCloud, ReportImage } from "../export/report-data.ts";
import { confidencePicture, depthPicture, type Layer } from "./photo-maps.ts";
import { trackPicture } from "./track-picture.ts";

/** A camera drawn as a pyramid in its color, its photo on the base. In the world frame (OpenCV axes). */
export interface CameraFrustum {
  readonly object: Group;
  /** The photo, for picking and for laying it over the points. */
  readonly photo: Mesh<BufferGeometry, MeshBasicMaterial>;
  readonly edges: LineSegments<BufferGeometry, LineBasicMaterial>;
  /** Puts the photo, its depth, its confidence or its shared points on the base. */
  show(layer: Layer): void;
  /** Frees its pictures; they are in the graphics memory as well. */
  dispose(): void;
}

/** The frustum of a registered photo, drawn at `depth` from its center. */
export function createCameraFrustum(
  image: ReportImage,
  cloud: ReportCloud,
  { depth, bitmap }: { readonly depth: number; readonly bitmap: ImageBitmap },
): CameraFrustum {
  const { color, width, height, intrinsics } = image;
  const outline = new BufferGeometry();
  outline.setAttribute("position", positions([...frustumCorners(intrinsics, { width, height }, depth), 0, 0, 0]));
  outline.setIndex([0, 1, 1, 2, 2, 3, 3, 0, 4, 0, 4, 1, 4, 2, 4, 3]);
  const [red, green, blue] = color;
  const tint = new Color().setRGB(red, green, blue, SRGBColorSpace);
  const edges = new LineSegments(outline, new LineBasicMaterial({ color: tint, transparent: true, opacity: 0.9 }));

  const plane = new BufferGeometry();
  plane.setAttribute("position", positions(frustumCorners(cloud.intrinsics, cloud.network, depth)));
  plane.setAttribute("uv", new BufferAttribute(Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1), 2));
  plane.setIndex([0, 3, 1, 1, 3, 2]);
  const textures: Partial<Record<Layer, Texture>> = { photo: textureOf(bitmap) };
  const material = new MeshBasicMaterial({ map: textures.photo!, side: DoubleSide, transparent: true });
  const photo = new Mesh(plane, material);

  // A few triangles: looking for what is out of sight costs more, and all of it comes to the graphics memory at first.
  edges.frustumCulled = photo.frustumCulled = false;
  const object = new Group();
  object.matrixAutoUpdate = false;
  object.matrix.fromArray(cloud.world_from_cam).transpose();
  object.matrixWorldNeedsUpdate = true;
  object.add(edges, photo);
  const pictures = {
    photo: () => bitmap,
    depth: () => depthPicture(cloud),
    confidence: () => confidencePicture(cloud),
    tracks: () => trackPicture(image),
  };
  return {
    object,
    photo,
    edges,
    show(layer) {
      textures[layer] ??= textureOf(pictures[layer]());
      material.map = textures[layer];
    },
    dispose() {
      for (const texture of Object.values(textures)) texture.dispose();
      bitmap.close();
    },
  };
}

function textureOf(image: ImageBitmap | ImageData): Texture {
  const texture = new Texture(image);
  texture.colorSpace = SRGBColorSpace;
  texture.flipY = false;
  texture.needsUpdate = true;
  return texture;
}

function positions(values: readonly number[]): BufferAttribute {
  return new BufferAttribute(Float32Array.from(values), 3);
}
