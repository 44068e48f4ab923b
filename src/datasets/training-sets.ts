import { openArkitScenes } from "./arkitscenes.ts";
import { openBlendedMvs } from "./blendedmvs.ts";
import { openCo3d } from "./co3d.ts";
import type { Dataset, Split } from "./dataset.ts";
import { openHabitat } from "./habitat.ts";
import { openMegaDepth } from "./megadepth.ts";
import { openScanNetpp } from "./scannetpp.ts";
import type { SetName } from "./set-names.ts";
import { openStaticThings3d } from "./staticthings3d.ts";
import { openWaymo } from "./waymo.ts";
import { openWildRgbd } from "./wildrgbd.ts";

/** A training set that can be read. */
export interface TrainingSet {
  readonly title: string;
  /** Pairs that the paper trained on (section 4); 0 where it did not know the set. */
  readonly paperPairs: number;
  /** Up to this many pixels more than needed are kept before a view's last crop, as published. */
  readonly spare: number;
  /** Every other pair is read without the depth of its background. */
  readonly hidesBackground: boolean;
  open(folder: string, split: Split): Promise<Dataset>;
}

/** The training sets by their names on the command line. */
export const TRAINING_SETS: Readonly<Record<SetName, TrainingSet>> = {
  habitat: { title: "Habitat", paperPairs: 1_000_000, spare: 16, hidesBackground: false, open: openHabitat },
  co3d: { title: "CO3Dv2", paperPairs: 941_000, spare: 16, hidesBackground: true, open: openCo3d },
  scannetpp: { title: "ScanNet++", paperPairs: 224_000, spare: 256, hidesBackground: false, open: openScanNetpp },
  arkitscenes: {
    title: "ARKitScenes",
    paperPairs: 2_040_000,
    spare: 256,
    hidesBackground: false,
    open: openArkitScenes,
  },
  staticthings3d: {
    title: "StaticThings3D",
    paperPairs: 337_000,
    spare: 256,
    hidesBackground: true,
    open: openStaticThings3d,
  },
  megadepth: { title: "MegaDepth", paperPairs: 1_761_000, spare: 16, hidesBackground: false, open: openMegaDepth },
  blendedmvs: { title: "BlendedMVS", paperPairs: 1_062_000, spare: 16, hidesBackground: false, open: openBlendedMvs },
  waymo: { title: "Waymo", paperPairs: 1_100_000, spare: 128, hidesBackground: false, open: openWaymo },
  wildrgbd: { title: "WildRGB-D", paperPairs: 0, spare: 16, hidesBackground: true, open: openWildRgbd },
};
