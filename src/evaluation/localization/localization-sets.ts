import type { SingleLocalizationMethod } from "../../pipeline/localize-options.ts";
import type { Published } from "../published.ts";
import { aachenDayNight } from "./aachen.ts";
import { cambridgeLandmarks } from "./cambridge.ts";
import { inLoc } from "./inloc.ts";
import type { LocalizationScene } from "./localization-scene.ts";
import { sevenScenes } from "./seven-scenes.ts";

/** What data sets differ in. */
export interface LocalizationSet {
  readonly name: string;
  readonly title: string;
  readonly scenes: (folder: string) => Promise<readonly LocalizationScene[]>;
  /** Photos of the map that a query is compared with. */
  readonly top: number;
  readonly methods: readonly SingleLocalizationMethod[];
  readonly list: string;
  /** Scenes in the order of the published rows. */
  readonly order: readonly string[];
  readonly published: Published;
  /** Whether the data set has ground-truth poses of its queries. */
  readonly truth: boolean;
}

/** The data sets of section 4.1. */
export const LOCALIZATION_SETS: readonly LocalizationSet[] = [
  {
    name: "localize-7scenes",
    title: "7Scenes",
    scenes: sevenScenes,
    top: 1,
    methods: ["correspondences", "relative"],
    list: "AP-GeM, the best of 20",
    order: ["chess", "fire", "heads", "office", "pumpkin", "redkitchen", "stairs"],
    published: {
      source: "paper",
      rows: [
        ["Active Search", "4/1.96", "3/1.53", "2/1.45", "9/3.61", "8/3.10", "7/3.37", "3/2.22"],
        ["HLoc", "2/0.79", "2/0.87", "2/0.92", "3/0.91", "5/1.12", "4/1.25", "6/1.62"],
        ["DSAC*", "2/1.10", "2/1.24", "1/1.82", "3/1.15", "4/1.34", "4/1.68", "3/1.16"],
        ["DUSt3R 224, no CroCo", "5/1.76", "6/2.02", "3/1.75", "5/1.54", "9/2.35", "6/1.82", "34/7.81"],
        ["DUSt3R 224", "3/0.96", "3/1.02", "1/1.00", "4/1.04", "5/1.26", "4/1.36", "21/4.08"],
        ["DUSt3R 512", "3/0.97", "3/0.95", "2/1.37", "3/1.01", "4/1.14", "4/1.34", "11/2.84"],
      ],
    },
    truth: true,
  },
  {
    name: "localize-cambridge",
    title: "Cambridge Landmarks",
    scenes: cambridgeLandmarks,
    top: 20,
    methods: ["correspondences", "relative"],
    list: "AP-GeM, the best 20",
    order: ["ShopFacade", "OldHospital", "KingsCollege", "StMarysChurch", "GreatCourt"],
    published: {
      source: "paper",
      rows: [
        ["Active Search", "4/0.21", "20/0.36", "13/0.22", "8/0.25", "24/0.13"],
        ["HLoc", "4/0.20", "15/0.30", "12/0.20", "7/0.21", "11/0.16"],
        ["DSAC*", "5/0.30", "15/0.30", "15/0.30", "13/0.40", "49/0.30"],
        ["DUSt3R 224, no CroCo", "24/1.33", "79/1.17", "69/1.15", "46/1.51", "143/1.32"],
        ["DUSt3R 224", "9/0.38", "26/0.46", "20/0.32", "11/0.38", "36/0.24"],
        ["DUSt3R 512", "6/0.26", "17/0.33", "11/0.20", "7/0.24", "38/0.16"],
      ],
    },
    truth: true,
  },
  {
    name: "localize-aachen",
    title: "Aachen Day-Night v1.1",
    scenes: aachenDayNight,
    top: 20,
    methods: ["correspondences", "relative"],
    list: "FIRe, the best 20 of 50",
    order: ["aachen"],
    published: { source: "paper", rows: [] },
    truth: false,
  },
  {
    name: "localize-inloc",
    title: "InLoc",
    scenes: inLoc,
    top: 20,
    methods: ["correspondences"],
    list: "NetVLAD, the best 20 of 40",
    order: ["inloc"],
    published: { source: "paper", rows: [] },
    truth: false,
  },
];
