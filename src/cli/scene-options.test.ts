import { Command } from "commander";
import { expect, test } from "vitest";
import { withSceneOptions } from "./scene-options.ts";

const parsed = (...given: string[]) => {
  const command = withSceneOptions(new Command().argument("[photos...]"))
    .exitOverride()
    .configureOutput({ writeErr() {} });
  return command.parse(given, { from: "user" }).opts();
};

test("--shared-focal alone means yes; what else follows it must be auto, yes or no", () => {
  expect(parsed("a.jpg").sharedFocal).toBeUndefined();
  expect(parsed("a.jpg", "--shared-focal").sharedFocal).toBe("yes");
  expect(parsed("--shared-focal", "no", "a.jpg").sharedFocal).toBe("no");
  expect(parsed("--shared-focal=auto", "a.jpg").sharedFocal).toBe("auto");
  expect(() => parsed("--shared-focal", "a.jpg")).toThrow(/"a\.jpg" is none of auto, yes, no; a photo goes before/);
});

test("--no-exif", () => {
  expect(parsed().exif).toBe(true);
  expect(parsed("--no-exif").exif).toBe(false);
});
