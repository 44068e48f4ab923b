import { FormatError } from "../../core/errors.ts";
import { CAMERA_PARAMETERS, isCameraModel } from "./camera-models.ts";
import { type ColmapCamera, type ColmapImage, type ColmapPoints, NO_POINT } from "./model.ts";

const LARGEST_INDEX = 2 ** 32 - 1;

/** The content of `cameras.txt`; a `FormatError` that names the line for anything else. */
export function parseCameras(text: string, path: string): ColmapCamera[] {
  return contentLines(text, path).map((line) => {
    const [id, model, width, height, ...params] = line.words();
    if (height === undefined) throw line.failure("expected an id, a model, a width, a height and parameters");
    if (!isCameraModel(model!)) throw line.failure(`the camera model ${JSON.stringify(model)} is not known`);
    const names = CAMERA_PARAMETERS[model];
    if (params.length !== names.length) {
      throw line.failure(`${model} has ${names.length} parameters (${names.join(", ")}), found ${params.length}`);
    }
    return {
      id: line.count(id, "the camera's id"),
      model,
      width: line.count(width, "the width"),
      height: line.count(height, "the height"),
      params: params.map((word, i) => line.number(word, names[i]!)),
    };
  });
}

/** The content of `images.txt`, where every image has two lines; a `FormatError` that names the line otherwise. */
export function parseImages(text: string, path: string): ColmapImage[] {
  const images: ColmapImage[] = [];
  const lines = allLines(text, path);
  for (let i = 0; i < lines.length; i++) {
    if (!lines[i]!.hasContent) continue;
    images.push(parseImage(lines[i]!, lines[i + 1]));
    i++;
  }
  return images;
}

function parseImage(head: Line, tail: Line | undefined): ColmapImage {
  const match = /^((?:\S+\s+){9})(.+)$/.exec(head.text);
  if (match === null) throw head.failure("expected an id, qw qx qy qz, tx ty tz, a camera's id and a name");
  const words = match[1]!.trim().split(/\s+/);
  const number = (at: number, field: string): number => head.number(words[at], field);
  const values = tail?.words() ?? [];
  if (values.length % 3 !== 0) {
    throw tail!.failure(`expected keypoints of three numbers (x, y, point) for ${match[2]}, found ${values.length}`);
  }
  const keypoints = new Float64Array((2 * values.length) / 3);
  const pointIds = new Float64Array(values.length / 3);
  for (let k = 0; k < pointIds.length; k++) {
    keypoints[2 * k] = tail!.number(values[3 * k], `keypoint ${k}'s x`);
    keypoints[2 * k + 1] = tail!.number(values[3 * k + 1], `keypoint ${k}'s y`);
    const pointId = values[3 * k + 2];
    pointIds[k] = pointId === "-1" ? NO_POINT : tail!.count(pointId, `keypoint ${k}'s point`);
  }
  return {
    id: head.count(words[0], "the image's id"),
    cameraId: head.count(words[8], "the camera's id"),
    name: match[2]!,
    quaternion: [number(1, "qw"), number(2, "qx"), number(3, "qy"), number(4, "qz")],
    translation: [number(5, "tx"), number(6, "ty"), number(7, "tz")],
    keypoints,
    pointIds,
  };
}

/** The content of `points3D.txt`; a `FormatError` that names the line for anything else. */
export function parsePoints(text: string, path: string): ColmapPoints {
  const lines = contentLines(text, path);
  const trackStarts = new Uint32Array(lines.length + 1);
  const points = {
    ids: new Float64Array(lines.length),
    positions: new Float64Array(3 * lines.length),
    colors: new Uint8Array(3 * lines.length),
    errors: new Float64Array(lines.length),
  };
  const tracks: number[] = [];
  for (const [i, line] of lines.entries()) {
    const words = line.words();
    if (words.length < 8 || words.length % 2 === 1) {
      throw line.failure("expected an id, x y z, r g b, an error and pairs of image id and keypoint");
    }
    points.ids[i] = line.count(words[0], "the point's id");
    for (let k = 0; k < 3; k++) {
      points.positions[3 * i + k] = line.number(words[1 + k], "xyz"[k]!);
      points.colors[3 * i + k] = line.count(words[4 + k], "rgb"[k]!, 255);
    }
    points.errors[i] = line.number(words[7], "the error");
    for (let k = 8; k < words.length; k++) tracks.push(line.count(words[k], "the track", LARGEST_INDEX));
    trackStarts[i + 1] = tracks.length / 2;
  }
  return { ...points, trackStarts, tracks: Uint32Array.from(tracks) };
}

/** One line of a file, which knows its number when something is wrong with it. */
class Line {
  readonly text: string;
  readonly #number: number;
  readonly #path: string;

  constructor(text: string, number: number, path: string) {
    this.text = text.trim();
    this.#number = number;
    this.#path = path;
  }

  /** False for empty lines and comments. */
  get hasContent(): boolean {
    return this.text !== "" && !this.text.startsWith("#");
  }

  words(): string[] {
    return this.text === "" ? [] : this.text.split(/\s+/);
  }

  number(word: string | undefined, field: string): number {
    const value = Number(word);
    if (word === undefined || !Number.isFinite(value)) {
      throw this.failure(`${field} is ${JSON.stringify(word)}; a number is expected`);
    }
    return value;
  }

  /** A whole number from 0 to `most`. */
  count(word: string | undefined, field: string, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = Number(word);
    if (!/^\d+$/.test(word ?? "") || value > most) {
      throw this.failure(`${field} is ${JSON.stringify(word)}; a whole number up to ${most} is expected`);
    }
    return value;
  }

  failure(problem: string): FormatError {
    return new FormatError(this.#path, `line ${this.#number}: ${problem}`);
  }
}

function allLines(text: string, path: string): Line[] {
  return text.split("\n").map((line, i) => new Line(line, i + 1, path));
}

function contentLines(text: string, path: string): Line[] {
  return allLines(text, path).filter((line) => line.hasContent);
}
