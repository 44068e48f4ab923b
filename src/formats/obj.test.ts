import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { parseMtl, parseObj } from "./obj.ts";

const SQUARE = `
# a square of two materials
mtllib square colors.mtl
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vn 0 0 1
usemtl red paint
f 1/1/1 2/2/1 3/3/1 4//1
usemtl blue
f -4 -3 -2
`;

test("polygons become fans of one material each, with corners shared inside of it", () => {
  const { libraries, parts } = parseObj(SQUARE, "square.obj");
  expect(libraries).toEqual(["square colors.mtl"]);
  expect(parts.map(({ material }) => material)).toEqual(["red paint", "blue"]);
  const [red, blue] = parts;
  expect([...red!.triangles]).toEqual([0, 1, 2, 0, 2, 3]);
  expect([...red!.positions]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]);
  expect([...red!.uvs]).toEqual([0, 0, 1, 0, 1, 1, 0, 0]);
  expect([...red!.normals.subarray(0, 3)]).toEqual([0, 0, 1]);
  expect([...blue!.positions]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0]);
});

test("an index that leads nowhere is named with its line", () => {
  expect(() => parseObj("v 0 0 0\nf 1 2 3\n", "bad.obj")).toThrow(FormatError);
  expect(() => parseObj("v 0 0 0\nf 1 2 3\n", "bad.obj")).toThrow(/bad\.obj.*line 2: 2 names what is not there/);
});

test("materials have a colour, a picture and an opacity", () => {
  const materials = parseMtl(`newmtl red paint
Kd 1 0 0
Tr 0.25
newmtl wood
map_Kd -s 2 2 1 oak.jpg
newmtl note
map_Kd my note.png
d 0.5`);
  expect(materials.get("red paint")).toEqual({ color: [1, 0, 0], opacity: 0.75 });
  expect(materials.get("wood")).toMatchObject({ picture: "oak.jpg", opacity: 1 });
  expect(materials.get("note")).toMatchObject({ picture: "my note.png", opacity: 0.5 });
});
