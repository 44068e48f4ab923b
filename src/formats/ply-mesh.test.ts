import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { decodePlyMesh } from "./ply-mesh.ts";

const HEADER = [
  "ply",
  "format binary_little_endian 1.0",
  "comment made by hand",
  "element vertex 4",
  "property float x",
  "property float y",
  "property double z",
  "property uchar red",
  "element face 2",
  "property list uchar int vertex_indices",
  "property short flags",
  "end_header\n",
].join("\n");
const VERTICES = [
  [0, 0, 1],
  [1, 0, 2],
  [0, 1, 3],
  [1, 1, 4.5],
] as const;
const FACES = [
  [0, 1, 2],
  [2, 1, 3],
] as const;

function file(header = HEADER, corners: readonly (readonly number[])[] = FACES): Buffer {
  const vertices = VERTICES.map(([x, y, z]) => {
    const vertex = Buffer.alloc(17);
    vertex.writeFloatLE(x, 0);
    vertex.writeFloatLE(y, 4);
    vertex.writeDoubleLE(z, 8);
    return vertex;
  });
  const faces = corners.map((face) => {
    const bytes = Buffer.alloc(3 + 4 * face.length);
    bytes.writeUInt8(face.length, 0);
    for (const [k, vertex] of face.entries()) bytes.writeInt32LE(vertex, 1 + 4 * k);
    return bytes;
  });
  return Buffer.concat([Buffer.from(header), ...vertices, ...faces]);
}

test("vertices and triangles, among properties that are passed over", () => {
  const { positions, triangles } = decodePlyMesh(file(), "mesh.ply");
  expect([...positions]).toEqual(VERTICES.flat());
  expect([...triangles]).toEqual(FACES.flat());
});

test.each([
  ["cut off", file().subarray(0, -1), /it is cut off/],
  [
    "cut off among the vertices",
    file().subarray(0, HEADER.length + 20),
    /it is cut off: 68 bytes are needed and 20 are left/,
  ],
  ["a count beyond the file", file(HEADER.replace("face 2", "face 4000000000")), /it is cut off/],
  ["a text file", file(HEADER.replace("binary_little_endian", "ascii")), /its format is ascii/],
  [
    "quadrilaterals",
    file(HEADER, [
      [0, 1, 2, 3],
      [0, 1, 2],
    ]),
    /face 0 has 4 corners/,
  ],
  [
    "a corner that is not there",
    file(HEADER, [
      [0, 1, 2],
      [2, 1, 9],
    ]),
    /a face has vertex 9 of 4/,
  ],
  ["no z", file(HEADER.replace("double z", "double depth")), /no x, y and z/],
  ["an unknown type", file(HEADER.replace("double z", "quad z")), /unknown type: property quad z/],
  ["points alone", file(HEADER.replace(/element face[\s\S]*flags\n/, "")), /no vertices or no faces/],
  ["something else", Buffer.from("plywood"), /not a PLY file/],
])("%s: an error that names the file", (_, bytes, message) => {
  expect(() => decodePlyMesh(bytes, "mesh.ply")).toThrow(FormatError);
  expect(() => decodePlyMesh(bytes, "mesh.ply")).toThrow(message);
});
