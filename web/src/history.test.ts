import fc from "fast-check";
import { expect, test } from "vitest";
import { History } from "./history.ts";

test("undo and redo walk along the states that were pushed", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(), fc.constantFrom("undo", "redo"))), (actions) => {
      const history = new History(-1);
      let states = [-1];
      let at = 0;
      for (const action of actions) {
        if (action === "undo") {
          history.undo();
          at = Math.max(0, at - 1);
        } else if (action === "redo") {
          history.redo();
          at = Math.min(states.length - 1, at + 1);
        } else if (typeof action === "number") {
          history.push(action);
          states = [...states.slice(0, at + 1), action];
          at++;
        }
        expect(history.present).toBe(states[at]);
        expect(history.canUndo).toBe(at > 0);
        expect(history.canRedo).toBe(at < states.length - 1);
      }
    }),
    { seed: 1 },
  );
});
