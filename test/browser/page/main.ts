/** A page with nothing but the library, which tests call as `dust3r`. */
import * as dust3r from "../../../src/browser/index.ts";

Object.assign(globalThis, { dust3r });
