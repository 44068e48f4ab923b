import { FormatError } from "../core/errors.ts";

/** The faces of one material in a Wavefront OBJ file, as triangles. */
export interface ObjPart {
  /** The name after `usemtl`; empty where there was none. */
  readonly material: string;
  /** `[vertices, 3]`, in the file's frame and units. */
  readonly positions: Float32Array;
  /** `[vertices, 3]`, as the file has them; zero where it has none. */
  readonly normals: Float32Array;
  /** `[vertices, 2]`, (0, 0) at the bottom left of the picture; zero where there are none. */
  readonly uvs: Float32Array;
  /** `[triangles, 3]`. */
  readonly triangles: Uint32Array;
}

/** What an OBJ file holds of polygons: its other elements are passed over. */
export interface ObjModel {
  /** Names of files of materials. */
  readonly libraries: readonly string[];
  readonly parts: readonly ObjPart[];
}

interface PartDraft {
  readonly corners: Map<string, number>;
  readonly positions: number[];
  readonly normals: number[];
  readonly uvs: number[];
  readonly triangles: number[];
}

/** Reads a Wavefront OBJ file; polygons become fans. A `FormatError` names the line with an index that leads nowhere. */
export function parseObj(text: string, path: string): ObjModel {
  const [points, directions, places]: [number[], number[], number[]] = [[], [], []];
  const libraries: string[] = [];
  const drafts = new Map<string, PartDraft>();
  let material = "";
  const drafted = (): PartDraft => {
    const known = drafts.get(material);
    if (known !== undefined) return known;
    const draft = { corners: new Map<string, number>(), positions: [], normals: [], uvs: [], triangles: [] };
    drafts.set(material, draft);
    return draft;
  };
  text.split("\n").forEach((line, number) => {
    const [key, ...words] = line.trim().split(/\s+/);
    if (key === "v") points.push(...words.slice(0, 3).map(Number));
    else if (key === "vn") directions.push(...words.slice(0, 3).map(Number));
    else if (key === "vt") places.push(...words.slice(0, 2).map(Number));
    else if (key === "usemtl") material = words.join(" ");
    else if (key === "mtllib") libraries.push(words.join(" "));
    else if (key === "f") {
      const draft = drafted();
      const at = words.map((corner) => {
        const known = draft.corners.get(corner);
        if (known !== undefined) return known;
        const [point, place, direction] = corner.split("/");
        const take = (from: number[], size: number, index: string | undefined): readonly number[] => {
          if (!index) return Array<number>(size).fill(0);
          const position = size * (Number(index) < 0 ? from.length / size + Number(index) : Number(index) - 1);
          const found = from.slice(position, position + size);
          if (found.length === size) return found;
          throw new FormatError(path, `line ${number + 1}: ${corner} names what is not there`);
        };
        draft.positions.push(...take(points, 3, point));
        draft.uvs.push(...take(places, 2, place));
        draft.normals.push(...take(directions, 3, direction));
        draft.corners.set(corner, draft.corners.size);
        return draft.corners.size - 1;
      });
      for (let i = 2; i < at.length; i++) draft.triangles.push(at[0]!, at[i - 1]!, at[i]!);
    }
  });
  const parts = [...drafts].map(([name, { positions, normals, uvs, triangles }]) => ({
    material: name,
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    uvs: Float32Array.from(uvs),
    triangles: Uint32Array.from(triangles),
  }));
  return { libraries, parts };
}

/** What is read of a material. */
export interface ObjMaterial {
  /** `Kd`, of 1 for white. */
  readonly color: readonly [number, number, number];
  /** `map_Kd`: the name of a picture. */
  readonly picture?: string;
  /** `d`, or one minus `Tr`. */
  readonly opacity: number;
}

/** Reads a file of materials (MTL), by name. */
export function parseMtl(text: string): ReadonlyMap<string, ObjMaterial> {
  const materials = new Map<string, ObjMaterial>();
  let name = "";
  const change = (fields: Partial<ObjMaterial>): void => {
    materials.set(name, { ...(materials.get(name) ?? { color: [0.8, 0.8, 0.8], opacity: 1 }), ...fields });
  };
  for (const line of text.split("\n")) {
    const [key, ...words] = line.trim().split(/\s+/);
    if (key === "newmtl") {
      name = words.join(" ");
      change({});
    } else if (key === "Kd") {
      const [r = 0.8, g = r, b = r] = words.map(Number);
      change({ color: [r, g, b] });
    } else if (key === "d") change({ opacity: Number(words.at(-1)) });
    else if (key === "Tr") change({ opacity: 1 - Number(words.at(-1)) });
    // Options, which begin with a hyphen, may come before the name; names with spaces do without them.
    else if (key === "map_Kd") change({ picture: words[0]?.startsWith("-") ? words.at(-1)! : words.join(" ") });
  }
  return materials;
}
