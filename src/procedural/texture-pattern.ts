import { gaussian, type Random, randomInteger } from "../core/random.ts";

/** Three planes `[size, size]` with values around 0..1. */
export interface Planes {
  readonly size: number;
  readonly channels: readonly [Float32Array, Float32Array, Float32Array];
}

/** Draws into the planes; the same for the same numbers, at whatever size. */
export type Pattern = (planes: Planes, random: Random) => void;

/** Periodic fractal noise around 0.5; octave `o` weighs `roughness^o`. */
function fractalNoise(size: number, random: Random, options: { coarsest: number; roughness: number }): Float32Array {
  const sum = new Float32Array(size * size);
  let weight = 1;
  let energy = 0;
  for (let cells = options.coarsest; cells <= Math.min(size, 256); cells *= 2) {
    addLatticeNoise(sum, size, cells, weight, random);
    energy += weight * weight;
    weight *= options.roughness;
  }
  const gain = 0.42 / Math.sqrt(energy);
  for (let i = 0; i < sum.length; i++) sum[i] = 0.5 + gain * sum[i]!;
  return sum;
}

/** Adds noise of `cells` periods a side, smoothly interpolated. */
function addLatticeNoise(sum: Float32Array, size: number, cells: number, weight: number, random: Random): void {
  const lattice = new Float32Array(cells * cells);
  for (let i = 0; i < lattice.length; i++) lattice[i] = weight * (2 * random() - 1);
  const column = new Int32Array(size);
  const nextColumn = new Int32Array(size);
  const blend = new Float32Array(size);
  for (let x = 0; x < size; x++) {
    const position = (x * cells) / size;
    column[x] = Math.floor(position);
    nextColumn[x] = (column[x]! + 1) % cells;
    const t = position - column[x]!;
    blend[x] = t * t * (3 - 2 * t);
  }
  for (let y = 0; y < size; y++) {
    const top = column[y]! * cells;
    const bottom = nextColumn[y]! * cells;
    const v = blend[y]!;
    const row = y * size;
    for (let x = 0; x < size; x++) {
      const i = column[x]!;
      const j = nextColumn[x]!;
      const u = blend[x]!;
      const a = lattice[top + i]! + (lattice[top + j]! - lattice[top + i]!) * u;
      const b = lattice[bottom + i]! + (lattice[bottom + j]! - lattice[bottom + i]!) * u;
      sum[row + x]! += a + (b - a) * v;
    }
  }
}

/** Writes `value(u, v, texel)` for every texel, u and v in [0, 1). */
function fill(plane: Float32Array, size: number, value: (u: number, v: number, texel: number) => number): void {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) plane[y * size + x] = value(x / size, y / size, y * size + x);
  }
}

/** Independent noise in all channels with a natural image's falling spectrum. */
const noisePattern: Pattern = ({ size, channels }, random) => {
  const roughness = 0.45 + 0.5 * random();
  const coarsest = 2 << randomInteger(random, 3);
  for (const channel of channels) channel.set(fractalNoise(size, random, { coarsest, roughness }));
};

/** Veins: a sine of a coordinate disturbed by noise; with `rings` the wood of a plank. */
function veins(rings: boolean): Pattern {
  return ({ size, channels: [a, b, c] }, random) => {
    const turbulence = fractalNoise(size, random, { coarsest: 2, roughness: 0.55 });
    const periods = 1 + randomInteger(random, rings ? 8 : 4);
    const slant = randomInteger(random, 3);
    const swirl = rings ? 2 + 4 * random() : 6 + 10 * random();
    fill(a, size, (u, v, i) => 0.5 + 0.5 * Math.sin(2 * Math.PI * (periods * u + slant * v) + swirl * turbulence[i]!));
    if (!rings) fill(a, size, (_u, _v, i) => 1 - Math.abs(2 * a[i]! - 1) ** 0.4);
    b.set(turbulence);
    c.set(fractalNoise(size, random, { coarsest: 8, roughness: 0.8 }));
    if (rings) fill(c, size, (u, v) => c[(Math.floor(u * size) + size * Math.floor((v * size) / 16)) % c.length]!);
  };
}

/** Courses of bricks or tiles: joints in channel 0, a tone per brick in channel 1, grain in channel 2. */
const brickPattern: Pattern = ({ size, channels: [joint, tone, grain] }, random) => {
  const rows = 2 * (1 + randomInteger(random, 6));
  const columns = Math.max(1, Math.round(rows * (0.3 + 0.9 * random())));
  const offset = random() < 0.4 ? 0 : random() < 0.7 ? 0.5 : 0.33;
  const width = 0.03 + 0.07 * random();
  const tones = Float32Array.from({ length: rows * columns }, random);
  const wobble = fractalNoise(size, random, { coarsest: 8, roughness: 0.6 });
  fill(joint, size, (u, v, i) => {
    const disturbed = width * (0.6 + 0.8 * wobble[i]!);
    const y = v * rows;
    const x = u * columns + offset * (Math.floor(y) % 2);
    const aspect = columns / rows;
    const edge = Math.min(y % 1, 1 - (y % 1), (x % 1) / aspect, (1 - (x % 1)) / aspect);
    tone[i] = tones[Math.floor(y) * columns + (Math.floor(x) % columns)]!;
    return edge < disturbed ? 0 : Math.min(1, 0.7 + (edge - disturbed) * 4);
  });
  grain.set(fractalNoise(size, random, { coarsest: 8, roughness: 0.75 }));
};

/** Checks or stripes of random widths. */
const checkPattern: Pattern = ({ size, channels: [a, b, c] }, random) => {
  const steps = (count: number): Float32Array => Float32Array.from({ length: count }, random);
  const columns = steps(2 << randomInteger(random, 4));
  const rows = random() < 0.4 ? new Float32Array(1) : steps(2 << randomInteger(random, 4));
  const regular = random() < 0.5;
  const cell = (u: number, steps: Float32Array): number => Math.min(steps.length - 1, Math.floor(u * steps.length));
  fill(a, size, (u, v) =>
    regular
      ? (cell(u, columns) + cell(v, rows)) % 2
      : (columns[cell(u, columns)]! + rows[cell(v, rows)]!) / (rows.length > 1 ? 2 : 1),
  );
  b.set(fractalNoise(size, random, { coarsest: 4, roughness: 0.7 }));
  fill(c, size, (u, v) => (regular ? columns[cell(u, columns)]! : rows[cell(v, rows)]!));
};

/** Lines of made-up letters: strokes on a 3 × 5 grid, in blocks of several sizes. */
const glyphPattern: Pattern = ({ size, channels: [ink, tone, paper] }, random) => {
  ink.fill(1);
  tone.fill(0.5);
  const blocks = 3 + randomInteger(random, 4);
  for (let block = 0; block < blocks; block++) {
    const height = (size / 64) * (2 + randomInteger(random, 7));
    const [left, top] = [random() * size, random() * size];
    const [columns, lines] = [4 + randomInteger(random, 14), 1 + randomInteger(random, 6)];
    const blockTone = random();
    for (let line = 0; line < lines; line++) {
      for (let column = 0; column < columns; column++) {
        if (random() < 0.15) continue;
        const bits = randomInteger(random, 1 << 15);
        for (let cell = 0; cell < 15; cell++) {
          if ((bits >> cell) & 1) {
            const x = left + column * height * 0.8 + ((cell % 3) * height) / 5;
            const y = top + line * height * 1.5 + (Math.floor(cell / 3) * height) / 5;
            paint(size, [x, y, height / 5, height / 5], (i) => {
              ink[i] = 0;
              tone[i] = blockTone;
            });
          }
        }
      }
    }
  }
  paper.set(fractalNoise(size, random, { coarsest: 4, roughness: 0.7 }));
};

/** Calls `set` for the texels of a rectangle that wraps around the edges. */
function paint(
  size: number,
  [x, y, width, height]: readonly [number, number, number, number],
  set: (texel: number) => void,
): void {
  for (let j = Math.floor(y); j < y + height; j++) {
    for (let i = Math.floor(x); i < x + width; i++) set((j & (size - 1)) * size + (i & (size - 1)));
  }
}

/** The cells around random points: cobbles, giraffe, crazy paving. */
const cellPattern: Pattern = ({ size, channels: [edge, tone, grain] }, random) => {
  const side = 3 + randomInteger(random, 10);
  const jitter = 0.3 + 0.7 * random();
  const px = Float32Array.from({ length: side * side }, (_, i) => (i % side) + 0.5 + jitter * (random() - 0.5));
  const py = Float32Array.from(
    { length: side * side },
    (_, i) => Math.floor(i / side) + 0.5 + jitter * (random() - 0.5),
  );
  const tones = Float32Array.from({ length: side * side }, random);
  const gap = 0.04 + 0.15 * random();
  fill(edge, size, (u, v, texel) => {
    const [x, y] = [u * side, v * side];
    let [first, second, nearest] = [9, 9, 0];
    for (let j = Math.floor(y) - 1; j <= Math.floor(y) + 1; j++) {
      for (let i = Math.floor(x) - 1; i <= Math.floor(x) + 1; i++) {
        const wrapped = ((j + side) % side) * side + ((i + side) % side);
        const dx = px[wrapped]! - (wrapped % side) + i - x;
        const dy = py[wrapped]! - Math.floor(wrapped / side) + j - y;
        const distance = Math.sqrt(dx * dx + dy * dy);
        if (distance < first) [first, second, nearest] = [distance, first, wrapped];
        else if (distance < second) second = distance;
      }
    }
    tone[texel] = tones[nearest]!;
    return Math.min(1, (second - first) / gap);
  });
  grain.set(fractalNoise(size, random, { coarsest: 8, roughness: 0.75 }));
};

/** Shapes occluding each other with a power law of sizes: the "dead leaves" statistics of natural images. */
const deadLeavesPattern: Pattern = ({ size, channels }, random) => {
  for (const channel of channels) channel.fill(random());
  const rectangular = random();
  const leaves = 150 + randomInteger(random, 350);
  for (let leaf = 0; leaf < leaves; leaf++) {
    const radius = size * Math.min(0.35, 0.02 / (1 - 0.97 * random()) ** 0.9);
    const [x, y] = [random() * size, random() * size];
    const color = [random(), random(), random()];
    const [angle, aspect, isBox] = [random() * Math.PI, 0.25 + 0.75 * random(), random() < rectangular];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const extent = Math.ceil(radius * (isBox ? 1.42 : 1));
    for (let j = -extent; j <= extent; j++) {
      for (let i = -extent; i <= extent; i++) {
        const u = Math.abs(cos * i + sin * j) / radius;
        const v = Math.abs(cos * j - sin * i) / (radius * aspect);
        if (isBox ? u > 1 || v > 1 : u * u + v * v > 1) continue;
        const texel = (Math.floor(y + j) & (size - 1)) * size + (Math.floor(x + i) & (size - 1));
        for (let c = 0; c < 3; c++) channels[c]![texel] = color[c]!;
      }
    }
  }
  const grain = fractalNoise(size, random, { coarsest: 8, roughness: 0.9 });
  for (const channel of channels) fill(channel, size, (_u, _v, i) => channel[i]! + 0.35 * (grain[i]! - 0.5));
};

/** Blades, straw, fur: many short strokes of similar direction. */
const strokePattern: Pattern = ({ size, channels: [a, b, c] }, random) => {
  const main = random() * Math.PI;
  const spread = 0.15 + random() * 1.2;
  a.fill(0.3);
  b.fill(0.5);
  const length = size * (0.03 + 0.12 * random());
  for (let stroke = 0; stroke < 1800; stroke++) {
    const angle = main + spread * gaussian(random);
    const [x, y, light, hue] = [random() * size, random() * size, random(), random()];
    const steps = Math.ceil(length * (0.5 + random()));
    const width = Math.max(1, size / 256);
    for (let step = 0; step < steps; step += width / 2) {
      paint(size, [x + Math.cos(angle) * step, y + Math.sin(angle) * step, width, width], (i) => {
        a[i] = light * (0.6 + (0.4 * step) / steps);
        b[i] = hue;
      });
    }
  }
  c.set(fractalNoise(size, random, { coarsest: 2, roughness: 0.6 }));
};

/** Dots: terrazzo, gravel, polka. */
const dotPattern: Pattern = ({ size, channels: [a, b, c] }, random) => {
  a.fill(0.85);
  b.fill(0.5);
  const regular = random() < 0.35;
  const side = 4 + randomInteger(random, 8);
  const count = regular ? side * side : 200 + randomInteger(random, 700);
  const radius = size * (regular ? (0.15 + 0.3 * random()) / side : 0.008 + 0.02 * random());
  for (let dot = 0; dot < count; dot++) {
    const x = regular ? ((dot % side) + 0.5) * (size / side) : random() * size;
    const y = regular ? (Math.floor(dot / side) + 0.5) * (size / side) : random() * size;
    const r = regular ? radius : radius * (0.3 + 1.4 * random());
    const [dark, hue] = [0.5 * random(), random()];
    for (let j = Math.ceil(-r); j <= r; j++) {
      const half = Math.sqrt(r * r - j * j);
      paint(size, [x - half, y + j, 2 * half, 0.5], (i) => {
        a[i] = dark;
        b[i] = hue;
      });
    }
  }
  c.set(fractalNoise(size, random, { coarsest: 4, roughness: 0.8 }));
};

/** All patterns; frequent ones are listed more than once. */
export const PATTERNS: readonly Pattern[] = [
  noisePattern,
  deadLeavesPattern,
  brickPattern,
  veins(false),
  glyphPattern,
  cellPattern,
  veins(true),
  checkPattern,
  deadLeavesPattern,
  strokePattern,
  dotPattern,
  noisePattern,
  brickPattern,
];

/** The first index of a pattern in `PATTERNS`. */
export const PATTERN = {
  noise: 0,
  leaves: 1,
  bricks: 2,
  marble: 3,
  glyphs: 4,
  cells: 5,
  wood: 6,
  checks: 7,
  strokes: 9,
  dots: 10,
} as const;
