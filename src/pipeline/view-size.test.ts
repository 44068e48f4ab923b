import { expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import { viewSize } from "./view-size.ts";

const config = { imageSize: { width: 96, height: 72 } };

test("`--size` beyond what the model can is refused or warned of, with the size it was trained at", () => {
  expect(viewSize(config)).toEqual({ size: 96, warning: undefined });
  expect(viewSize(config, 128)).toEqual({ size: 128, warning: undefined });
  for (const size of [16, 192, 256]) expect(viewSize(config, size).warning).toMatch(/trained at 96 pixels/);
  expect(() => viewSize(config, 10000)).toThrow(InputError);
  expect(() => viewSize(config, 10000)).toThrow(/size 10000: .*trained at 96 pixels/);
});
