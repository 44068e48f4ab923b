;; The inner loops of feature detection, four pixels at a time in single precision, all on one memory; workspace.ts names its
;; places. Rows of planes are a multiple of 64 bytes long, those of patches 512 bytes. Up to 64 bytes behind a row are read,
;; and in patches written, too.
(module
  (memory (export "memory") 1)

  ;; Blurs the plane at `from` into that at `to`, rows of `width` pixels `stride` bytes apart, by the filter whose taps from its
  ;; middle outwards are at `taps`: each row over columns, into the one at `row`, then along it. Beyond its edges the picture goes
  ;; on as at them. `row` has room for `radius` more pixels on both sides, and the places of the rows that a row needs go to `rows`.
  (func (export "blur") (param $from i32) (param $to i32) (param $width i32) (param $height i32) (param $stride i32)
    (param $taps i32) (param $radius i32) (param $row i32) (param $rows i32)
    (local $y i32) (local $k i32) (local $end i32) (local $left v128) (local $right v128)
    (local.set $end (i32.add (local.get $row) (i32.shl (local.get $width) (i32.const 2))))
    (loop $down
      (local.set $k (i32.sub (i32.const 0) (local.get $radius)))
      (loop $places
        (i32.store (i32.add (local.get $rows) (i32.shl (i32.add (local.get $k) (local.get $radius)) (i32.const 2)))
          (i32.add (local.get $from) (i32.mul (local.get $stride)
            (call $within (i32.add (local.get $y) (local.get $k)) (local.get $height)))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $places (i32.le_s (local.get $k) (local.get $radius))))
      (call $convolve (local.get $row) (local.get $rows) (local.get $taps) (local.get $radius) (local.get $stride))
      (local.set $left (v128.load32_splat (local.get $row)))
      (local.set $right (v128.load32_splat (i32.sub (local.get $end) (i32.const 4))))
      (local.set $k (i32.const 0))
      (loop $beyond
        (v128.store (i32.add (local.get $end) (local.get $k)) (local.get $right))
        (local.set $k (i32.add (local.get $k) (i32.const 16)))
        (v128.store (i32.sub (local.get $row) (local.get $k)) (local.get $left))
        (br_if $beyond (i32.lt_u (local.get $k) (i32.shl (local.get $radius) (i32.const 2)))))
      (local.set $k (i32.sub (i32.const 0) (local.get $radius)))
      (loop $places
        (i32.store (i32.add (local.get $rows) (i32.shl (i32.add (local.get $k) (local.get $radius)) (i32.const 2)))
          (i32.add (local.get $row) (i32.shl (local.get $k) (i32.const 2))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $places (i32.le_s (local.get $k) (local.get $radius))))
      (call $convolve (local.get $to) (local.get $rows) (local.get $taps) (local.get $radius) (local.get $stride))
      (local.set $to (i32.add (local.get $to) (local.get $stride)))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $down (i32.lt_u (local.get $y) (local.get $height)))))

  (func $within (param $place i32) (param $length i32) (result i32)
    (if (i32.lt_s (local.get $place) (i32.const 0)) (then (return (i32.const 0))))
    (if (i32.ge_s (local.get $place) (local.get $length)) (then (return (i32.sub (local.get $length) (i32.const 1)))))
    (local.get $place))

  ;; out = taps[0] r[0] + taps[1] (r[1] + r[-1]) + … + taps[radius] (r[radius] + r[-radius]), where the places of the rows
  ;; r[-radius] to r[radius] are listed at `rows`.
  (func $convolve (param $out i32) (param $rows i32) (param $taps i32) (param $radius i32) (param $bytes i32)
    (local $at i32) (local $k i32) (local $a i32) (local $b i32) (local $middle i32) (local $w v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $radius (i32.shl (local.get $radius) (i32.const 2)))
    (local.set $middle (i32.add (local.get $rows) (local.get $radius)))
    (loop $pixels
      (local.set $a (i32.add (i32.load (local.get $middle)) (local.get $at)))
      (local.set $w (v128.load32_splat (local.get $taps)))
      (local.set $s0 (f32x4.mul (local.get $w) (v128.load (local.get $a))))
      (local.set $s1 (f32x4.mul (local.get $w) (v128.load offset=16 (local.get $a))))
      (local.set $s2 (f32x4.mul (local.get $w) (v128.load offset=32 (local.get $a))))
      (local.set $s3 (f32x4.mul (local.get $w) (v128.load offset=48 (local.get $a))))
      (local.set $k (i32.const 0))
      (loop $pairs
        (local.set $k (i32.add (local.get $k) (i32.const 4)))
        (local.set $a (i32.add (i32.load (i32.add (local.get $middle) (local.get $k))) (local.get $at)))
        (local.set $b (i32.add (i32.load (i32.sub (local.get $middle) (local.get $k))) (local.get $at)))
        (local.set $w (v128.load32_splat (i32.add (local.get $taps) (local.get $k))))
        (local.set $s0 (f32x4.add (local.get $s0) (f32x4.mul (local.get $w)
          (f32x4.add (v128.load (local.get $a)) (v128.load (local.get $b))))))
        (local.set $s1 (f32x4.add (local.get $s1) (f32x4.mul (local.get $w)
          (f32x4.add (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b))))))
        (local.set $s2 (f32x4.add (local.get $s2) (f32x4.mul (local.get $w)
          (f32x4.add (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b))))))
        (local.set $s3 (f32x4.add (local.get $s3) (f32x4.mul (local.get $w)
          (f32x4.add (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b))))))
        (br_if $pairs (i32.lt_u (local.get $k) (local.get $radius))))
      (local.set $a (i32.add (local.get $out) (local.get $at)))
      (v128.store (local.get $a) (local.get $s0))
      (v128.store offset=16 (local.get $a) (local.get $s1))
      (v128.store offset=32 (local.get $a) (local.get $s2))
      (v128.store offset=48 (local.get $a) (local.get $s3))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $pixels (i32.lt_u (local.get $at) (local.get $bytes)))))

  ;; Pixels of a row where the difference g2 - g1 is at least `threshold` from zero and beyond none of its 26 neighbors in
  ;; the differences g1 - g0, g2 - g1 and g3 - g2. Their offsets in bytes from the row's start go to `out`; gives their end.
  (func (export "findExtrema") (param $g0 i32) (param $g1 i32) (param $g2 i32) (param $g3 i32) (param $stride i32)
    (param $bytes i32) (param $threshold f32) (param $out i32) (result i32)
    (local $at i32) (local $near i32) (local $rows i32) (local $lane i32) (local $mask i32)
    (local $least v128) (local $center v128) (local $sign v128) (local $is v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $least (f32x4.splat (local.get $threshold)))
    (loop $pixels
      (local.set $center (f32x4.sub (v128.load (i32.add (local.get $g2) (local.get $at)))
        (v128.load (i32.add (local.get $g1) (local.get $at)))))
      ;; Minima are the maxima of the negative.
      (local.set $sign (v128.and (local.get $center) (v128.const i32x4 0x80000000 0x80000000 0x80000000 0x80000000)))
      (local.set $center (f32x4.abs (local.get $center)))
      (local.set $is (f32x4.ge (local.get $center) (local.get $least)))
      (block $none
        (br_if $none (i32.eqz (v128.any_true (local.get $is))))
        ;; The same pixels of the other differences rule out most.
        (local.set $a (f32x4.sub (v128.load (i32.add (local.get $g1) (local.get $at)))
          (v128.load (i32.add (local.get $g0) (local.get $at)))))
        (local.set $b (f32x4.sub (v128.load (i32.add (local.get $g3) (local.get $at)))
          (v128.load (i32.add (local.get $g2) (local.get $at)))))
        (local.set $is (v128.and (local.get $is) (v128.and
          (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (local.get $a)))
          (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (local.get $b))))))
        (br_if $none (i32.eqz (v128.any_true (local.get $is))))
        (local.set $near (i32.sub (local.get $at) (i32.add (local.get $stride) (i32.const 4))))
        (local.set $rows (i32.const 3))
        (loop $around
          (local.set $a (v128.load (i32.add (local.get $g0) (local.get $near))))
          (local.set $b (v128.load (i32.add (local.get $g1) (local.get $near))))
          (local.set $c (v128.load (i32.add (local.get $g2) (local.get $near))))
          (local.set $d (v128.load (i32.add (local.get $g3) (local.get $near))))
          (local.set $is (v128.and (local.get $is) (v128.and (v128.and
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $b) (local.get $a))))
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $c) (local.get $b)))))
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $d) (local.get $c)))))))
          (local.set $a (v128.load offset=4 (i32.add (local.get $g0) (local.get $near))))
          (local.set $b (v128.load offset=4 (i32.add (local.get $g1) (local.get $near))))
          (local.set $c (v128.load offset=4 (i32.add (local.get $g2) (local.get $near))))
          (local.set $d (v128.load offset=4 (i32.add (local.get $g3) (local.get $near))))
          (local.set $is (v128.and (local.get $is) (v128.and (v128.and
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $b) (local.get $a))))
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $c) (local.get $b)))))
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $d) (local.get $c)))))))
          (local.set $a (v128.load offset=8 (i32.add (local.get $g0) (local.get $near))))
          (local.set $b (v128.load offset=8 (i32.add (local.get $g1) (local.get $near))))
          (local.set $c (v128.load offset=8 (i32.add (local.get $g2) (local.get $near))))
          (local.set $d (v128.load offset=8 (i32.add (local.get $g3) (local.get $near))))
          (local.set $is (v128.and (local.get $is) (v128.and (v128.and
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $b) (local.get $a))))
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $c) (local.get $b)))))
            (f32x4.ge (local.get $center) (v128.xor (local.get $sign) (f32x4.sub (local.get $d) (local.get $c)))))))
          (br_if $none (i32.eqz (v128.any_true (local.get $is))))
          (local.set $near (i32.add (local.get $near) (local.get $stride)))
          (br_if $around (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))
        (local.set $mask (i32x4.bitmask (local.get $is)))
        (loop $lanes
          (local.set $lane (i32.ctz (local.get $mask)))
          (i32.store (local.get $out) (i32.add (local.get $at) (i32.shl (local.get $lane) (i32.const 2))))
          (local.set $out (i32.add (local.get $out) (i32.const 4)))
          (br_if $lanes (local.tee $mask
            (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $at) (local.get $bytes))))
    (local.get $out))

  ;; Length of the gradient and its direction from x towards y in turns, 0 to 1, by central differences: of a patch of
  ;; `width` by `height` pixels, from `in` on. The arc tangent is a polynomial of seventh degree on [0, 1], fitted for the
  ;; least error: 1.3e-5 turns.
  (func (export "gradients") (param $in i32) (param $stride i32) (param $lengths i32) (param $turns i32)
    (param $width i32) (param $height i32)
    (local $bytes i32)
    (local $at i32) (local $from i32) (local $x v128) (local $y v128) (local $ax v128) (local $ay v128)
    (local $t v128) (local $t2 v128) (local $turn v128)
    (local.set $bytes (i32.shl (local.get $width) (i32.const 2)))
    (loop $rows
      (local.set $at (i32.const 0))
      (loop $pixels
        (local.set $from (i32.add (local.get $in) (local.get $at)))
        (local.set $x (f32x4.sub (v128.load offset=4 (local.get $from))
          (v128.load (i32.sub (local.get $from) (i32.const 4)))))
        (local.set $y (f32x4.sub (v128.load (i32.add (local.get $from) (local.get $stride)))
          (v128.load (i32.sub (local.get $from) (local.get $stride)))))
        (v128.store (i32.add (local.get $lengths) (local.get $at)) (f32x4.mul (v128.const f32x4 0.5 0.5 0.5 0.5)
          (f32x4.sqrt (f32x4.add (f32x4.mul (local.get $x) (local.get $x)) (f32x4.mul (local.get $y) (local.get $y))))))
        (local.set $ax (f32x4.abs (local.get $x)))
        (local.set $ay (f32x4.abs (local.get $y)))
        (local.set $t (f32x4.div (f32x4.pmin (local.get $ax) (local.get $ay))
          (f32x4.pmax (v128.const f32x4 1e-30 1e-30 1e-30 1e-30) (f32x4.pmax (local.get $ax) (local.get $ay)))))
        (local.set $t2 (f32x4.mul (local.get $t) (local.get $t)))
        (local.set $turn (f32x4.mul (local.get $t) (f32x4.add (v128.const f32x4 0.15902981 0.15902981 0.15902981 0.15902981)
          (f32x4.mul (local.get $t2) (f32x4.add (v128.const f32x4 -0.05111652 -0.05111652 -0.05111652 -0.05111652)
            (f32x4.mul (local.get $t2) (f32x4.add (v128.const f32x4 0.02327858 0.02327858 0.02327858 0.02327858)
              (f32x4.mul (local.get $t2) (v128.const f32x4 -0.00620482 -0.00620482 -0.00620482 -0.00620482)))))))))
        (local.set $turn (v128.bitselect (f32x4.sub (v128.const f32x4 0.25 0.25 0.25 0.25) (local.get $turn))
          (local.get $turn) (f32x4.gt (local.get $ay) (local.get $ax))))
        (local.set $turn (v128.bitselect (f32x4.sub (v128.const f32x4 0.5 0.5 0.5 0.5) (local.get $turn))
          (local.get $turn) (f32x4.lt (local.get $x) (v128.const f32x4 0 0 0 0))))
        (local.set $turn (v128.bitselect (f32x4.sub (v128.const f32x4 1 1 1 1) (local.get $turn))
          (local.get $turn) (f32x4.lt (local.get $y) (v128.const f32x4 0 0 0 0))))
        (v128.store (i32.add (local.get $turns) (local.get $at)) (local.get $turn))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $at) (local.get $bytes))))
      (local.set $in (i32.add (local.get $in) (local.get $stride)))
      (local.set $lengths (i32.add (local.get $lengths) (i32.const 512)))
      (local.set $turns (i32.add (local.get $turns) (i32.const 512)))
      (br_if $rows (local.tee $height (i32.sub (local.get $height) (i32.const 1))))))

  ;; Adds the pixels of a patch within `radius` of (x, y) to a histogram of 36 directions (f32): each to the nearest two,
  ;; whose middles are at half a bin. Before it and behind it is one more bin, whose contents end up in those that they stand for.
  (func (export "addDirections") (param $histogram i32) (param $lengths i32) (param $turns i32)
    (param $across i32) (param $down i32) (param $width i32) (param $height i32)
    (param $x f32) (param $y f32) (param $radius f32)
    (local $row i32) (local $column i32) (local $end i32) (local $at i32) (local $bin i32)
    (local $dy f32) (local $half f32) (local $place f32) (local $share f32) (local $weight f32)
    (loop $rows
      (local.set $dy (f32.sub (f32.convert_i32_s (local.get $row)) (local.get $y)))
      ;; Half the length of the row within the circle; NaN outside.
      (local.set $half (f32.sqrt (f32.sub (f32.mul (local.get $radius) (local.get $radius))
        (f32.mul (local.get $dy) (local.get $dy)))))
      (block $outside
        (br_if $outside (f32.ne (local.get $half) (local.get $half)))
        (local.set $column (i32.trunc_sat_f32_u (f32.ceil (f32.sub (local.get $x) (local.get $half)))))
        (local.set $end (i32.trunc_sat_f32_u (f32.floor (f32.add (f32.add (local.get $x) (local.get $half)) (f32.const 1)))))
        (local.set $end (select (local.get $width) (local.get $end) (i32.lt_u (local.get $width) (local.get $end))))
        (br_if $outside (i32.ge_u (local.get $column) (local.get $end)))
        (loop $columns
          (local.set $at (i32.add (i32.shl (local.get $row) (i32.const 9)) (i32.shl (local.get $column) (i32.const 2))))
          (local.set $weight (f32.mul (f32.load (i32.add (local.get $lengths) (local.get $at))) (f32.mul
            (f32.load (i32.add (local.get $across) (i32.shl (local.get $column) (i32.const 2))))
            (f32.load (i32.add (local.get $down) (i32.shl (local.get $row) (i32.const 2)))))))
          ;; From the bin before the first on.
          (local.set $place (f32.add (f32.const 0.5)
            (f32.mul (f32.const 36) (f32.load (i32.add (local.get $turns) (local.get $at))))))
          (local.set $bin (i32.trunc_sat_f32_u (local.get $place)))
          (local.set $share (f32.mul (local.get $weight)
            (f32.sub (local.get $place) (f32.convert_i32_u (local.get $bin)))))
          (local.set $bin (i32.add (local.get $histogram) (i32.shl (local.get $bin) (i32.const 2))))
          (f32.store (i32.sub (local.get $bin) (i32.const 4)) (f32.add (f32.load (i32.sub (local.get $bin) (i32.const 4)))
            (f32.sub (local.get $weight) (local.get $share))))
          (f32.store (local.get $bin) (f32.add (f32.load (local.get $bin)) (local.get $share)))
          (local.set $column (i32.add (local.get $column) (i32.const 1)))
          (br_if $columns (i32.lt_u (local.get $column) (local.get $end)))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $height))))
    (f32.store (local.get $histogram)
      (f32.add (f32.load (local.get $histogram)) (f32.load offset=144 (local.get $histogram))))
    (f32.store offset=140 (local.get $histogram) (f32.add (f32.load offset=140 (local.get $histogram))
      (f32.load (i32.sub (local.get $histogram) (i32.const 4))))))

  ;; Adds a patch to a descriptor's histogram [y][direction][x] of 8 x 8 x 4 f32, whose rows 2 to 5 are the descriptor's: each
  ;; pixel to its neighbors in all three by how near it is. (x, y) is the keypoint's place in the patch, `turn` its direction,
  ;; whose cosine and sine are divided by the side of a bin. Behind the histogram are 80 bytes for four pixels: weight,
  ;; shares of the second row and direction, cells of both directions.
  (func (export "describe") (param $histogram i32) (param $lengths i32) (param $turns i32)
    (param $across i32) (param $down i32) (param $width i32) (param $height i32)
    (param $x f32) (param $y f32) (param $cos f32) (param $sin f32) (param $turn f32)
    (local $scratch i32) (local $row i32) (local $first i32) (local $count i32) (local $at i32) (local $weights i32)
    (local $lane i32) (local $end i32) (local $cell i32) (local $dx f32) (local $dy f32) (local $weight v128)
    (local $bx v128) (local $by v128) (local $t v128) (local $whole v128) (local $cells v128) (local $bin v128)
    (local $shares v128) (local $low v128) (local $high v128) (local $share v128)
    (local.set $scratch (i32.add (local.get $histogram) (i32.const 1024)))
    (loop $rows
      (block $outside
        ;; Columns where |cos dx + sin dy| and |cos dy - sin dx| are at most 2.5: further away, no bin is near.
        (local.set $dy (f32.sub (f32.convert_i32_s (local.get $row)) (local.get $y)))
        (local.set $t (call $interval (local.get $cos) (f32.mul (local.get $sin) (local.get $dy))))
        (local.set $t (f32x4.pmin (local.get $t)
          (call $interval (f32.neg (local.get $sin)) (f32.mul (local.get $cos) (local.get $dy)))))
        (local.set $first (i32.trunc_sat_f32_u (f32.ceil (f32.sub (local.get $x) (f32x4.extract_lane 0 (local.get $t))))))
        (local.set $end (i32.trunc_sat_f32_u (f32.floor
          (f32.add (f32.add (local.get $x) (f32x4.extract_lane 1 (local.get $t))) (f32.const 1)))))
        (local.set $end (select (local.get $width) (local.get $end) (i32.lt_u (local.get $width) (local.get $end))))
        (br_if $outside (i32.ge_u (local.get $first) (local.get $end)))
        (local.set $count (i32.sub (local.get $end) (local.get $first)))
        (local.set $dx (f32.sub (f32.convert_i32_u (local.get $first)) (local.get $x)))
        (local.set $bx (f32x4.sub (v128.const f32x4 -1.5 -0.5 0.5 1.5) (f32x4.splat (f32.add
          (f32.mul (local.get $cos) (local.get $dx)) (f32.mul (local.get $sin) (local.get $dy))))))
        (local.set $by (f32x4.sub
          (f32x4.splat (f32.add (f32.const 2.5)
            (f32.sub (f32.mul (local.get $cos) (local.get $dy)) (f32.mul (local.get $sin) (local.get $dx)))))
          (f32x4.mul (f32x4.splat (local.get $sin)) (v128.const f32x4 0 1 2 3))))
        (local.set $weight (v128.load32_splat (i32.add (local.get $down) (i32.shl (local.get $row) (i32.const 2)))))
        (local.set $weights (i32.add (local.get $across) (i32.shl (local.get $first) (i32.const 2))))
        (local.set $at (i32.add (i32.shl (local.get $row) (i32.const 9)) (i32.shl (local.get $first) (i32.const 2))))
        (loop $pixels
          (v128.store (local.get $scratch) (f32x4.mul (local.get $weight)
            (f32x4.mul (v128.load (i32.add (local.get $lengths) (local.get $at))) (v128.load (local.get $weights)))))
          (local.set $whole (f32x4.floor (local.get $by)))
          (v128.store offset=16 (local.get $scratch) (f32x4.sub (local.get $by) (local.get $whole)))
          (local.set $cells (i32x4.add (i32x4.splat (i32.add (local.get $histogram) (i32.const 128)))
            (i32x4.shl (i32x4.trunc_sat_f32x4_s (local.get $whole)) (i32.const 7))))
          (local.set $t (f32x4.sub (v128.load (i32.add (local.get $turns) (local.get $at))) (f32x4.splat (local.get $turn))))
          (local.set $t (f32x4.mul (v128.const f32x4 8 8 8 8) (f32x4.sub (local.get $t) (f32x4.floor (local.get $t)))))
          (local.set $whole (f32x4.floor (local.get $t)))
          (v128.store offset=32 (local.get $scratch) (f32x4.sub (local.get $t) (local.get $whole)))
          (local.set $bin (i32x4.shl (i32x4.trunc_sat_f32x4_s (local.get $whole)) (i32.const 4)))
          (v128.store offset=48 (local.get $scratch) (i32x4.add (local.get $cells)
            (v128.and (local.get $bin) (v128.const i32x4 112 112 112 112))))
          (v128.store offset=64 (local.get $scratch) (i32x4.add (local.get $cells) (v128.and
            (i32x4.add (local.get $bin) (v128.const i32x4 16 16 16 16)) (v128.const i32x4 112 112 112 112))))
          (local.set $lane (local.get $scratch))
          (local.set $end (i32.add (local.get $scratch)
            (select (i32.shl (local.get $count) (i32.const 2)) (i32.const 16) (i32.lt_s (local.get $count) (i32.const 4)))))
          (loop $lanes
            ;; Shares of the four columns of bins, in the upper row and in the lower.
            (local.set $shares (f32x4.mul (v128.load32_splat (local.get $lane))
              (f32x4.pmax (v128.const f32x4 0 0 0 0) (f32x4.sub (v128.const f32x4 1 1 1 1) (f32x4.abs (local.get $bx))))))
            (local.set $high (f32x4.mul (local.get $shares) (v128.load32_splat offset=16 (local.get $lane))))
            (local.set $low (f32x4.sub (local.get $shares) (local.get $high)))
            (local.set $share (v128.load32_splat offset=32 (local.get $lane)))
            (local.set $cell (i32.load offset=64 (local.get $lane)))
            (v128.store (local.get $cell) (f32x4.add (v128.load (local.get $cell))
              (f32x4.mul (local.get $low) (local.get $share))))
            (v128.store offset=128 (local.get $cell) (f32x4.add (v128.load offset=128 (local.get $cell))
              (f32x4.mul (local.get $high) (local.get $share))))
            (local.set $share (f32x4.sub (v128.const f32x4 1 1 1 1) (local.get $share)))
            (local.set $cell (i32.load offset=48 (local.get $lane)))
            (v128.store (local.get $cell) (f32x4.add (v128.load (local.get $cell))
              (f32x4.mul (local.get $low) (local.get $share))))
            (v128.store offset=128 (local.get $cell) (f32x4.add (v128.load offset=128 (local.get $cell))
              (f32x4.mul (local.get $high) (local.get $share))))
            (local.set $bx (f32x4.sub (local.get $bx) (f32x4.splat (local.get $cos))))
            (local.set $lane (i32.add (local.get $lane) (i32.const 4)))
            (br_if $lanes (i32.lt_u (local.get $lane) (local.get $end))))
          (local.set $by (f32x4.sub (local.get $by) (f32x4.splat (f32.mul (f32.const 4) (local.get $sin)))))
          (local.set $weights (i32.add (local.get $weights) (i32.const 16)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $pixels (i32.gt_s (local.tee $count (i32.sub (local.get $count) (i32.const 4))) (i32.const 0)))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $height)))))

  ;; How far t may be below zero (lane 0) and above (lane 1) for |slope t + offset| to be at most 2.5; a slope of nothing is
  ;; taken for a very small one.
  (func $interval (param $slope f32) (param $offset f32) (result v128)
    (local $a v128)
    (local.set $slope (f32.add (local.get $slope) (f32.const 1e-12)))
    (local.set $a (f32x4.div
      (f32x4.sub (v128.const f32x4 -2.5 2.5 0 0) (f32x4.splat (local.get $offset))) (f32x4.splat (local.get $slope))))
    (if (f32.lt (local.get $slope) (f32.const 0)) (then
      (local.set $a (i8x16.shuffle 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 (local.get $a) (local.get $a)))))
    (f32x4.mul (local.get $a) (v128.const f32x4 -1 1 0 0)))

  ;; The RootSIFT descriptor of a histogram, 128 bytes in its order: elements are held below `clamp` times the length of all,
  ;; divided by their sum, and `length` times the root of that is what is written.
  (func (export "rootElements") (param $histogram i32) (param $clamp f32) (param $length f32) (param $out i32)
    (local $at i32) (local $end i32) (local $most v128) (local $sum v128) (local $a v128) (local $factor v128)
    (local.set $histogram (i32.add (local.get $histogram) (i32.const 256)))
    (local.set $end (i32.add (local.get $histogram) (i32.const 512)))
    (local.set $at (local.get $histogram))
    (loop $squares
      (local.set $a (v128.load (local.get $at)))
      (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $a) (local.get $a))))
      (br_if $squares (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
    (local.set $most (f32x4.splat (f32.mul (local.get $clamp) (f32.sqrt (call $total (local.get $sum))))))
    (local.set $sum (v128.const f32x4 0 0 0 0))
    (local.set $at (local.get $histogram))
    (loop $shares
      (local.set $sum (f32x4.add (local.get $sum) (f32x4.pmin (v128.load (local.get $at)) (local.get $most))))
      (br_if $shares (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
    (local.set $factor (f32x4.splat (f32.div (f32.mul (local.get $length) (local.get $length))
      (f32.max (f32.const 1e-30) (call $total (local.get $sum))))))
    (local.set $at (local.get $histogram))
    (loop $roots
      (v128.store32_lane 0 (local.get $out) (i8x16.narrow_i16x8_u
        (i16x8.narrow_i32x4_s
          (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.sqrt (f32x4.mul (local.get $factor)
            (f32x4.pmin (v128.load (local.get $at)) (local.get $most))))))
          (v128.const i32x4 0 0 0 0))
        (v128.const i32x4 0 0 0 0)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $roots (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  (func $total (param $a v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
      (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a))))))
