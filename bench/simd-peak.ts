import { compile } from "watr";

/** Chains of products and sums that do not wait for each other. */
const CHAINS = 12;
const ROUNDS = 20_000_000;

/**
 * The rate, in GFLOPS, that one core reaches in WebAssembly at this moment: products and sums of four floats each, in registers. The
 * yardstick of kernels.
 */
export function simdPeak(): number {
  const chains = Array.from({ length: CHAINS }, (_, k) => k);
  const text = `(module (func (export "run") (param $n i32) (result f32)
    (local $factor v128) (local $term v128) ${chains.map((k) => `(local $x${k} v128)`).join(" ")}
    (local.set $factor (f32x4.splat (f32.const 0.999)))
    (local.set $term (f32x4.splat (f32.const 0.001)))
    (loop $again
      ${chains.map((k) => `(local.set $x${k} (f32x4.add (f32x4.mul (local.get $x${k}) (local.get $factor)) (local.get $term)))`).join("\n")}
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (f32x4.extract_lane 0 ${chains.slice(1).reduce((sum, k) => `(f32x4.add ${sum} (local.get $x${k}))`, "(local.get $x0)")})))`;
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(compile(text) as BufferSource)).exports as {
    run: (rounds: number) => number;
  };
  run(ROUNDS / 10);
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 3; k++) {
    const before = process.cpuUsage();
    run(ROUNDS);
    least = Math.min(least, process.cpuUsage(before).user / 1e6);
  }
  return (8 * CHAINS * ROUNDS) / least / 1e9;
}
