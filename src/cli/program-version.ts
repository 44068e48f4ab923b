import { readFileSync } from "node:fs";
import { joinPath, packageFolder } from "#platform";

/** Of this package. */
export function programVersion(): string {
  return JSON.parse(readFileSync(joinPath(packageFolder("."), "package.json"), "utf8")).version;
}
