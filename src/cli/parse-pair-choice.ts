import { readText } from "#platform";
import { InputError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { DEFAULT_PARTNERS } from "../pairs/by-retrieval.ts";
import { parsePairList } from "../pairs/parse-pair-list.ts";
import type { PairChoice } from "../pipeline/choose-pairs.ts";
import { PAIRS_HELP } from "./shared-options.ts";

/** From so many photos on, most of all pairs show the network nothing new. */
const MANY_PHOTOS = 30;

/** The pairs that `--pairs` names; a file of pairs is read and resolved against the names of the photos, which are files. */
export async function parsePairChoice(text: string, photos: readonly string[], logger: Logger): Promise<PairChoice> {
  const [kind, number, ending, ...rest] = text.split(":");
  const value = number === undefined ? 3 : Number(number);
  if (text === "auto") return { kind: "auto" };
  const plain = Number.isInteger(value) && (ending === undefined || ending === "open") && rest.length === 0;
  if (text === "complete") {
    const count = photos.length;
    if (count >= MANY_PHOTOS)
      logger.warn(
        `${count} photos make ${count * (count - 1)} ordered pairs: --pairs auto takes only those that connect them ` +
          "well, in a fraction of the time.",
      );
    return { kind: "complete" };
  }
  if ((kind === "window" || kind === "logwindow") && plain) return { kind, size: value, cyclic: ending !== "open" };
  if (kind === "star" && plain && ending === undefined) return { kind, center: number === undefined ? 0 : value };
  if (kind === "retrieval" && plain && ending === undefined) {
    return { kind, partners: number === undefined ? DEFAULT_PARTNERS : value };
  }
  const list = await readText(text);
  if (list === undefined)
    throw new InputError(`--pairs ${text}: expected ${PAIRS_HELP}; there is no file of that name`);
  const names = uniqueNames(photos);
  const named = photos.map((path, i) => ({ path, name: names[i]! }));
  return { kind: "list", pairs: parsePairList({ path: text, text: list, photos: named }) };
}
