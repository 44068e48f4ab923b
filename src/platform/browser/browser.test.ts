import { expect, test } from "vitest";
import * as browser from "../browser.ts";
import * as node from "../node.ts";

/** What both platforms have is used alike: the compiler holds the browser's to Node's. */
const asInNode: Pick<typeof node, keyof typeof browser> = browser;

test("the browser's platform has no names that Node's lacks", () => {
  expect(Object.keys(node)).toEqual(expect.arrayContaining(Object.keys(asInNode)));
});
