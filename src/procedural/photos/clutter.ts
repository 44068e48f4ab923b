import { type Random, randomInteger } from "../../core/random.ts";
import { pick, uniform } from "../choice.ts";
import { placeComposite, randomComposite } from "../composite.ts";
import { upright } from "../placement.ts";
import { vessel } from "../primitive.ts";
import type { SceneObject } from "../scene-model.ts";
import { box, cylinder, ellipsoid, frustum, torus } from "../solids.ts";
import { block, moved, part } from "./parts.ts";
import { cloth, metal, plain, porcelain, print, wood } from "./surfaces.ts";

type Thing = (random: Random) => SceneObject[];

/** Something that lies or stands about on tables and shelves, 0.03 to 0.45 m large, on z = 0 around the origin. */
export function smallThing(random: Random): SceneObject[] {
  return pick(random, THINGS)(random);
}

/** One to six books, lying. */
const bookPile: Thing = (random) => {
  let z = 0;
  return Array.from({ length: 1 + randomInteger(random, 6) }, () => {
    const thickness = uniform(random, 0.008, 0.05);
    const [w, d] = [uniform(random, 0.12, 0.24), uniform(random, 0.17, 0.31)];
    const [book] = moved(
      [block(print(random, w), [w, d, thickness], [0, 0, 0])],
      [0, 0, z],
      uniform(random, -0.3, 0.3),
    );
    z += thickness;
    return book!;
  });
};

/** Sheets of paper. */
const papers: Thing = (random) =>
  Array.from({ length: 1 + randomInteger(random, 4) }, (_, i) => {
    const sheet = block({ ...print(random, 0.25), base: [0.8, 0.8, 0.78] }, [0.21, 0.297, 0.002], [0, 0, 0]);
    const at = [uniform(random, -0.12, 0.12), uniform(random, -0.1, 0.1), 0.002 * i] as const;
    return moved([sheet], at, uniform(random, -1, 1))[0]!;
  });

const mug: Thing = (random) => {
  const material = random() < 0.5 ? porcelain(random) : plain(random);
  const [r, h] = [uniform(random, 0.03, 0.05), uniform(random, 0.07, 0.14)];
  const handle = torus(0.03, 0.006, 10, 5);
  return [
    part(material, frustum(r, r * uniform(random, 0.8, 1.2), h, 14), [0, 0, h / 2]),
    {
      mesh: handle,
      material,
      placement: {
        axes: [
          [1, 0, 0],
          [0, 0, 1],
          [0, -1, 0],
        ],
        origin: [r, 0, h / 2],
      },
    },
  ];
};

const bottle: Thing = (random) => {
  const [r, h] = [uniform(random, 0.025, 0.05), uniform(random, 0.14, 0.24)];
  const body = random() < 0.5 ? plain(random) : print(random, 0.1);
  return [
    part(body, cylinder(r, h, 12), [0, 0, h / 2]),
    part(body, frustum(r, 0.012, 0.06, 12), [0, 0, h + 0.03]),
    part(plain(random), cylinder(0.014, 0.03, 8), [0, 0, h + 0.07]),
  ];
};

const carton: Thing = (random) => {
  const w = uniform(random, 0.08, 0.4);
  return [
    block(
      random() < 0.6 ? print(random, w) : wood(random),
      [w, w * uniform(random, 0.4, 1), w * uniform(random, 0.2, 1.2)],
      [0, 0, 0],
    ),
  ];
};

const bowl: Thing = (random) => {
  const size = uniform(random, 0.12, 0.3);
  return [
    {
      mesh: vessel(random, 1),
      material: random() < 0.5 ? porcelain(random) : plain(random),
      placement: upright([0, 0, size / 2], 0, size),
    },
  ];
};

const plate: Thing = (random) => {
  const r = uniform(random, 0.08, 0.14);
  const parts = [part(porcelain(random), frustum(0.6 * r, r, 0.02, 16), [0, 0, 0.01])];
  for (let i = randomInteger(random, 5); i > 0; i--) {
    const size = uniform(random, 0.025, 0.05);
    parts.push(
      part(plain(random), ellipsoid([size, size, size], 10, 7), [
        uniform(random, -0.5, 0.5) * r,
        uniform(random, -0.5, 0.5) * r,
        size,
      ]),
    );
  }
  return parts;
};

/** An open notebook computer, its screen away from −y. */
const laptop: Thing = (random) => {
  const [w, d, lean] = [uniform(random, 0.28, 0.38), 0.24, uniform(random, 0.1, 0.5)];
  const shell = random() < 0.5 ? metal(random) : plain(random);
  const [s, c] = [Math.sin(lean), Math.cos(lean)];
  const lid = (material: typeof shell, width: number, height: number, forward: number): SceneObject => ({
    mesh: box([width, 0.008, height]),
    material,
    placement: {
      axes: [
        [1, 0, 0],
        [0, c, -s],
        [0, s, c],
      ],
      origin: [0, d / 2 + (s * d) / 2 - forward * c, 0.02 + (c * d) / 2 + forward * s],
    },
  });
  return [
    block(shell, [w, d, 0.018], [0, 0, 0]),
    block(print(random, 0.2), [0.9 * w, 0.5 * d, 0.003], [0, 0.05, 0.018]),
    lid(shell, w, d, 0),
    lid({ ...print(random, w), emission: uniform(random, 0, 1.5) }, 0.92 * w, 0.86 * d, 0.004),
  ];
};

/** A telephone, remote control or tool: flat and dark. */
const gadget: Thing = (random) => {
  const w = uniform(random, 0.05, 0.2);
  return [
    block(plain(random), [w, uniform(random, 0.1, 0.25), uniform(random, 0.01, 0.07)], [0, 0, 0]),
    block(print(random, 0.1), [0.8 * w, 0.06, 0.004], [0, 0, uniform(random, 0.01, 0.07)]),
  ];
};

/** Fruit, balls and toys. */
const balls: Thing = (random) =>
  Array.from({ length: 1 + randomInteger(random, 4) }, () => {
    const r = uniform(random, 0.025, 0.07);
    const squash = uniform(random, 0.8, 1);
    return part(random() < 0.6 ? plain(random) : print(random, 0.15), ellipsoid([r, r, r * squash], 12, 8), [
      uniform(random, -0.12, 0.12),
      uniform(random, -0.12, 0.12),
      r * squash,
    ]);
  });

/** A towel, garment or bag, left lying. */
const heap: Thing = (random) => {
  const [w, h] = [uniform(random, 0.1, 0.25), uniform(random, 0.03, 0.12)];
  return [part(cloth(random), ellipsoid([w, w * uniform(random, 0.5, 1), h], 12, 8), [0, 0, 0.6 * h])];
};

const deskLamp: Thing = (random) => {
  const material = random() < 0.5 ? plain(random) : metal(random);
  const h = uniform(random, 0.3, 0.5);
  return [
    part(material, cylinder(0.08, 0.02, 14), [0, 0, 0.01]),
    part(material, cylinder(0.01, h, 6), [0, 0, h / 2]),
    part(random() < 0.5 ? material : cloth(random), frustum(0.1, 0.05, 0.14, 14), [0.03, 0, h]),
  ];
};

const oddity: Thing = (random) => {
  const size = uniform(random, 0.08, 0.35);
  return placeComposite(randomComposite(random, { detail: 0.7, size }), upright([0, 0, 0], 0, size));
};

const THINGS: readonly Thing[] = [
  bookPile,
  bookPile,
  papers,
  papers,
  mug,
  mug,
  bottle,
  bottle,
  carton,
  carton,
  bowl,
  plate,
  laptop,
  gadget,
  gadget,
  balls,
  heap,
  deskLamp,
  oddity,
  oddity,
];
