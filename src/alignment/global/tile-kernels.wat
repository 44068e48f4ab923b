;; The inner loops of global alignment over a tile of up to 64 pixels, two pixels at a time in double precision. All loops
;; work on one memory; pixel-tile.ts fills it and names its places, `npm run kernels` compiles this file.
;;
;; State, in bytes: 0 ray x, 512 ray y, 1024 ray z, 1536 z-depth per range, 2048 range, 2560 corrected range, 3072 force x,
;; 3584 force y, 4096 force z (64 f64 each), 4608 pixels (64 times x and y, f32), 5120 the camera (rotation, fx, fy, cx, cy;
;; f64), 5224 its sums (force, torque, force by depth, stretch; f64).
;; Rows of 3264 bytes from 5312 on, one per observation: 0 along, 512 across, 1024 weight, 1536 stiffness (64 f64 each),
;; 2048 points (64 times x, y and z, f32), 2816 weights as given (64 f32), 3072 the edge (scaled rotation, translation from
;; the camera, share, squared floor; f64), 3184 its sums (force, torque, stretch; f64).
;;
;; `count` is the number of pixels. Where it is odd, the one after them must have no weight and finite values.
(module
  (memory (export "memory") 1)

  ;; Unit vectors along the rays of the pixels, and z-depths per range. Ranges and forces become 0.
  (func (export "castRays") (param $count i32)
    (local $pixel i32) (local $given i32) (local $end i32) (local $xy v128) (local $x v128) (local $y v128)
    (local $rx v128) (local $ry v128) (local $rz v128) (local $shortening v128)
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (loop $pixels
      (local.set $xy (v128.load offset=4608 (local.get $given)))
      (local.set $x (f64x2.div
        (f64x2.sub
          (f64x2.promote_low_f32x4 (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 (local.get $xy) (local.get $xy)))
          (v128.load64_splat (i32.const 5208)))
        (v128.load64_splat (i32.const 5192))))
      (local.set $y (f64x2.div
        (f64x2.sub
          (f64x2.promote_low_f32x4 (i8x16.shuffle 4 5 6 7 12 13 14 15 4 5 6 7 12 13 14 15 (local.get $xy) (local.get $xy)))
          (v128.load64_splat (i32.const 5216)))
        (v128.load64_splat (i32.const 5200))))
      (local.set $rx (f64x2.add
        (f64x2.mul (v128.load64_splat (i32.const 5120)) (local.get $x)) (f64x2.add
        (f64x2.mul (v128.load64_splat (i32.const 5128)) (local.get $y)) (v128.load64_splat (i32.const 5136)))))
      (local.set $ry (f64x2.add
        (f64x2.mul (v128.load64_splat (i32.const 5144)) (local.get $x)) (f64x2.add
        (f64x2.mul (v128.load64_splat (i32.const 5152)) (local.get $y)) (v128.load64_splat (i32.const 5160)))))
      (local.set $rz (f64x2.add
        (f64x2.mul (v128.load64_splat (i32.const 5168)) (local.get $x)) (f64x2.add
        (f64x2.mul (v128.load64_splat (i32.const 5176)) (local.get $y)) (v128.load64_splat (i32.const 5184)))))
      (local.set $shortening (f64x2.div (v128.const f64x2 1 1) (f64x2.sqrt (f64x2.add
        (f64x2.mul (local.get $rx) (local.get $rx)) (f64x2.add
        (f64x2.mul (local.get $ry) (local.get $ry)) (f64x2.mul (local.get $rz) (local.get $rz)))))))
      (v128.store (local.get $pixel) (f64x2.mul (local.get $rx) (local.get $shortening)))
      (v128.store offset=512 (local.get $pixel) (f64x2.mul (local.get $ry) (local.get $shortening)))
      (v128.store offset=1024 (local.get $pixel) (f64x2.mul (local.get $rz) (local.get $shortening)))
      (v128.store offset=1536 (local.get $pixel) (local.get $shortening))
      (v128.store offset=2048 (local.get $pixel) (v128.const f64x2 0 0))
      (v128.store offset=2560 (local.get $pixel) (v128.const f64x2 0 0))
      (v128.store offset=3072 (local.get $pixel) (v128.const f64x2 0 0))
      (v128.store offset=3584 (local.get $pixel) (v128.const f64x2 0 0))
      (v128.store offset=4096 (local.get $pixel) (v128.const f64x2 0 0))
      (local.set $given (i32.add (local.get $given) (i32.const 16)))
      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $end)))))

  ;; Fills `rows` rows but for their stiffness.
  (func (export "measureRows") (param $rows i32) (param $count i32)
    (local $row i32) (local $rowsEnd i32) (local $pixel i32) (local $end i32) (local $at i32) (local $point i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128)
    (local $g v128) (local $h v128) (local $i v128) (local $tx v128) (local $ty v128) (local $tz v128)
    (local $share v128) (local $floor2 v128) (local $low v128) (local $high v128)
    (local $x v128) (local $y v128) (local $z v128)
    (local $vx v128) (local $vy v128) (local $vz v128) (local $foot v128)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (local.set $row (i32.const 5312))
    (local.set $rowsEnd (i32.add (local.get $row) (i32.mul (local.get $rows) (i32.const 3264))))
    (loop $rows
      (local.set $a (v128.load64_splat offset=3072 (local.get $row)))
      (local.set $b (v128.load64_splat offset=3080 (local.get $row)))
      (local.set $c (v128.load64_splat offset=3088 (local.get $row)))
      (local.set $d (v128.load64_splat offset=3096 (local.get $row)))
      (local.set $e (v128.load64_splat offset=3104 (local.get $row)))
      (local.set $f (v128.load64_splat offset=3112 (local.get $row)))
      (local.set $g (v128.load64_splat offset=3120 (local.get $row)))
      (local.set $h (v128.load64_splat offset=3128 (local.get $row)))
      (local.set $i (v128.load64_splat offset=3136 (local.get $row)))
      (local.set $tx (v128.load64_splat offset=3144 (local.get $row)))
      (local.set $ty (v128.load64_splat offset=3152 (local.get $row)))
      (local.set $tz (v128.load64_splat offset=3160 (local.get $row)))
      (local.set $share (v128.load64_splat offset=3168 (local.get $row)))
      (local.set $floor2 (v128.load64_splat offset=3176 (local.get $row)))
      (local.set $at (local.get $row))
      (local.set $point (i32.add (local.get $row) (i32.const 2048)))
      (local.set $pixel (i32.const 0))
      (loop $pixels
        (local.set $low (v128.load (local.get $point)))
        (local.set $high (v128.load64_zero offset=16 (local.get $point)))
        (local.set $x (f64x2.promote_low_f32x4
          (i8x16.shuffle 0 1 2 3 12 13 14 15 0 1 2 3 12 13 14 15 (local.get $low) (local.get $high))))
        (local.set $y (f64x2.promote_low_f32x4
          (i8x16.shuffle 4 5 6 7 16 17 18 19 4 5 6 7 16 17 18 19 (local.get $low) (local.get $high))))
        (local.set $z (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 20 21 22 23 8 9 10 11 20 21 22 23 (local.get $low) (local.get $high))))
        (local.set $vx (f64x2.add (local.get $tx) (f64x2.add (f64x2.mul (local.get $a) (local.get $x)) (f64x2.add
          (f64x2.mul (local.get $b) (local.get $y)) (f64x2.mul (local.get $c) (local.get $z))))))
        (local.set $vy (f64x2.add (local.get $ty) (f64x2.add (f64x2.mul (local.get $d) (local.get $x)) (f64x2.add
          (f64x2.mul (local.get $e) (local.get $y)) (f64x2.mul (local.get $f) (local.get $z))))))
        (local.set $vz (f64x2.add (local.get $tz) (f64x2.add (f64x2.mul (local.get $g) (local.get $x)) (f64x2.add
          (f64x2.mul (local.get $h) (local.get $y)) (f64x2.mul (local.get $i) (local.get $z))))))
        (local.set $foot (f64x2.add
          (f64x2.mul (local.get $vx) (v128.load (local.get $pixel))) (f64x2.add
          (f64x2.mul (local.get $vy) (v128.load offset=512 (local.get $pixel)))
          (f64x2.mul (local.get $vz) (v128.load offset=1024 (local.get $pixel))))))
        (v128.store (local.get $at) (local.get $foot))
        (v128.store offset=512 (local.get $at) (f64x2.add (local.get $floor2)
          (f64x2.pmax (v128.const f64x2 0 0) (f64x2.sub
            (f64x2.add (f64x2.mul (local.get $vx) (local.get $vx)) (f64x2.add
          (f64x2.mul (local.get $vy) (local.get $vy)) (f64x2.mul (local.get $vz) (local.get $vz))))
            (f64x2.mul (local.get $foot) (local.get $foot))))))
        (v128.store offset=1024 (local.get $at) (f64x2.mul (local.get $share) (f64x2.promote_low_f32x4
          (v128.load64_zero offset=2816 (i32.add (local.get $row) (i32.shr_u (local.get $pixel) (i32.const 1)))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $point (i32.add (local.get $point) (i32.const 24)))
        (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $end))))
      (local.set $row (i32.add (local.get $row) (i32.const 3264)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $rowsEnd)))))

  ;; The weighted median of the feet of `rows` rows, every `stride` bytes: the least foot that at least half of the weight
  ;; is not beyond.
  (func (export "medianRanges") (param $rows i32) (param $stride i32) (param $count i32)
    (local $pixel i32) (local $end i32) (local $row i32) (local $first i32) (local $rowsEnd i32) (local $other i32)
    (local $along v128) (local $total v128) (local $upTo v128) (local $median v128) (local $weight v128)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (loop $pixels
      (local.set $first (i32.add (local.get $pixel) (i32.const 5312)))
      (local.set $rowsEnd (i32.add (local.get $first) (i32.mul (local.get $rows) (i32.const 3264))))
      (local.set $median (v128.const f64x2 inf inf))
      (local.set $row (local.get $first))
      (loop $candidates
        (local.set $along (v128.load (local.get $row)))
        (local.set $upTo (v128.const f64x2 0 0))
        (local.set $total (v128.const f64x2 0 0))
        (local.set $other (local.get $first))
        (loop $others
          (local.set $weight (v128.load offset=1024 (local.get $other)))
          (local.set $total (f64x2.add (local.get $total) (local.get $weight)))
          (local.set $upTo (f64x2.add (local.get $upTo) (v128.and (local.get $weight)
            (f64x2.le (v128.load (local.get $other)) (local.get $along)))))
          (local.set $other (i32.add (local.get $other) (local.get $stride)))
          (br_if $others (i32.lt_u (local.get $other) (local.get $rowsEnd))))
        (local.set $median (v128.bitselect (f64x2.pmin (local.get $median) (local.get $along)) (local.get $median)
          (f64x2.ge (f64x2.add (local.get $upTo) (local.get $upTo)) (local.get $total))))
        (local.set $row (i32.add (local.get $row) (local.get $stride)))
        (br_if $candidates (i32.lt_u (local.get $row) (local.get $rowsEnd))))
      (v128.store offset=2048 (local.get $pixel) (v128.and
        (f64x2.pmax (v128.const f64x2 0 0) (local.get $median))
        (f64x2.gt (local.get $total) (v128.const f64x2 0 0))))
      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $end)))))

  ;; Moves every range to where the sum of distances to the points of `rows` rows is least; gives the sum over all pixels.
  (func (export "settleRanges")
    (param $rows i32) (param $count i32) (param $tolerance f64) (param $maxSteps i32) (result f64)
    (local $pixel i32) (local $end i32) (local $row i32) (local $rowsEnd i32) (local $step i32)
    (local $range v128) (local $corrected v128) (local $active v128) (local $finished v128) (local $next v128)
    (local $slope v128) (local $total v128) (local $curvature v128) (local $bend v128) (local $sum v128)
    (local $ahead v128) (local $across v128) (local $distance2 v128) (local $inverse v128)
    (local $stiffness v128) (local $second v128) (local $bound v128) (local $loss v128)
    (if (i32.eqz (local.get $rows)) (then (return (f64.const 0))))
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (loop $pixels
      (local.set $range (v128.load offset=2048 (local.get $pixel)))
      (local.set $corrected (local.get $range))
      (local.set $active (i64x2.splat (i64.const -1)))
      (local.set $step (i32.const 0))
      (local.set $rowsEnd (i32.add (local.get $pixel)
        (i32.add (i32.const 5312) (i32.mul (local.get $rows) (i32.const 3264)))))
      (loop $steps
        (local.set $slope (v128.const f64x2 0 0))
        (local.set $total (v128.const f64x2 0 0))
        (local.set $curvature (v128.const f64x2 0 0))
        (local.set $bend (v128.const f64x2 0 0))
        (local.set $sum (v128.const f64x2 0 0))
        (local.set $row (i32.add (local.get $pixel) (i32.const 5312)))
        (loop $observations
          (local.set $ahead (f64x2.sub (local.get $range) (v128.load (local.get $row))))
          (local.set $across (v128.load offset=512 (local.get $row)))
          (local.set $distance2 (f64x2.add (f64x2.mul (local.get $ahead) (local.get $ahead)) (local.get $across)))
          (local.set $inverse (f64x2.div (v128.const f64x2 1 1) (f64x2.sqrt (local.get $distance2))))
          (local.set $stiffness (f64x2.mul (v128.load offset=1024 (local.get $row)) (local.get $inverse)))
          (v128.store offset=1536 (local.get $row) (local.get $stiffness))
          (local.set $inverse (f64x2.mul (local.get $inverse) (local.get $inverse)))
          (local.set $second (f64x2.mul (f64x2.mul (local.get $stiffness) (local.get $across)) (local.get $inverse)))
          (local.set $slope (f64x2.add (local.get $slope) (f64x2.mul (local.get $stiffness) (local.get $ahead))))
          (local.set $total (f64x2.add (local.get $total) (local.get $stiffness)))
          (local.set $curvature (f64x2.add (local.get $curvature) (local.get $second)))
          (local.set $bend (f64x2.add (local.get $bend)
            (f64x2.mul (f64x2.mul (local.get $second) (local.get $ahead)) (local.get $inverse))))
          (local.set $sum (f64x2.add (local.get $sum) (f64x2.mul (local.get $stiffness) (local.get $distance2))))
          (local.set $row (i32.add (local.get $row) (i32.const 3264)))
          (br_if $observations (i32.lt_u (local.get $row) (local.get $rowsEnd))))
        ;; Halley's step where the curvature allows, else nearly twice that of reweighted least squares.
        (local.set $bound (f64x2.mul (v128.const f64x2 0.51 0.51) (local.get $total)))
        (local.set $next (f64x2.pmax (v128.const f64x2 0 0) (f64x2.sub (local.get $range) (f64x2.div (local.get $slope)
          (v128.bitselect
            (f64x2.pmax (local.get $bound) (f64x2.add (local.get $curvature) (f64x2.div
              (f64x2.mul (v128.const f64x2 1.5 1.5) (f64x2.mul (local.get $slope) (local.get $bend)))
              (local.get $curvature))))
            (local.get $bound)
            (f64x2.gt (local.get $curvature) (local.get $bound)))))))
        ;; A pixel without weight has no observation.
        (local.set $active (v128.and (local.get $active) (f64x2.gt (local.get $total) (v128.const f64x2 0 0))))
        (local.set $finished (v128.and (local.get $active) (v128.or
          (i64x2.splat (i64.extend_i32_s (i32.sub (i32.const 0) (i32.eq (local.get $step) (local.get $maxSteps)))))
          (f64x2.lt
            (f64x2.mul (local.get $slope) (f64x2.sub (local.get $range) (local.get $next)))
            (f64x2.mul (f64x2.splat (local.get $tolerance)) (local.get $sum))))))
        (local.set $loss (f64x2.add (local.get $loss) (v128.and (local.get $sum) (local.get $finished))))
        (local.set $corrected (v128.bitselect
          (f64x2.pmax (v128.const f64x2 0 0)
            (f64x2.sub (local.get $range) (f64x2.div (local.get $slope) (local.get $total))))
          (local.get $corrected)
          (local.get $finished)))
        (local.set $active (v128.andnot (local.get $active) (local.get $finished)))
        (local.set $range (v128.bitselect (local.get $next) (local.get $range) (local.get $active)))
        (local.set $step (i32.add (local.get $step) (i32.const 1)))
        (br_if $steps (v128.any_true (local.get $active))))
      (v128.store offset=2048 (local.get $pixel) (local.get $range))
      (v128.store offset=2560 (local.get $pixel) (local.get $corrected))
      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $end))))
    (f64.add (f64x2.extract_lane 0 (local.get $loss)) (f64x2.extract_lane 1 (local.get $loss))))

  ;; Adds the forces (derivatives by a point) of `rows` rows to those of the pixels and to the rows' own sums, and those of
  ;; the pixels to the camera's sums, all at the corrected ranges; levers of the camera at the ranges themselves.
  (func (export "addForces") (param $rows i32) (param $count i32)
    (local $row i32) (local $rowsEnd i32) (local $pixel i32) (local $end i32) (local $at i32) (local $point i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128)
    (local $g v128) (local $h v128) (local $i v128) (local $tx v128) (local $ty v128) (local $tz v128)
    (local $low v128) (local $high v128) (local $x v128) (local $y v128) (local $z v128)
    (local $vx v128) (local $vy v128) (local $vz v128) (local $ux v128) (local $uy v128) (local $uz v128)
    (local $range v128) (local $stiffness v128) (local $sx v128) (local $sy v128) (local $sz v128)
    (local $torqueX v128) (local $torqueY v128) (local $torqueZ v128) (local $stretch v128)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (local.set $end (i32.shl (local.get $count) (i32.const 3)))
    (local.set $row (i32.const 5312))
    (local.set $rowsEnd (i32.add (local.get $row) (i32.mul (local.get $rows) (i32.const 3264))))
    (loop $rows
      (local.set $a (v128.load64_splat offset=3072 (local.get $row)))
      (local.set $b (v128.load64_splat offset=3080 (local.get $row)))
      (local.set $c (v128.load64_splat offset=3088 (local.get $row)))
      (local.set $d (v128.load64_splat offset=3096 (local.get $row)))
      (local.set $e (v128.load64_splat offset=3104 (local.get $row)))
      (local.set $f (v128.load64_splat offset=3112 (local.get $row)))
      (local.set $g (v128.load64_splat offset=3120 (local.get $row)))
      (local.set $h (v128.load64_splat offset=3128 (local.get $row)))
      (local.set $i (v128.load64_splat offset=3136 (local.get $row)))
      (local.set $tx (v128.load64_splat offset=3144 (local.get $row)))
      (local.set $ty (v128.load64_splat offset=3152 (local.get $row)))
      (local.set $tz (v128.load64_splat offset=3160 (local.get $row)))
      (local.set $sx (v128.const f64x2 0 0))
      (local.set $sy (v128.const f64x2 0 0))
      (local.set $sz (v128.const f64x2 0 0))
      (local.set $torqueX (v128.const f64x2 0 0))
      (local.set $torqueY (v128.const f64x2 0 0))
      (local.set $torqueZ (v128.const f64x2 0 0))
      (local.set $stretch (v128.const f64x2 0 0))
      (local.set $at (local.get $row))
      (local.set $point (i32.add (local.get $row) (i32.const 2048)))
      (local.set $pixel (i32.const 0))
      (loop $pixels
        (local.set $low (v128.load (local.get $point)))
        (local.set $high (v128.load64_zero offset=16 (local.get $point)))
        (local.set $x (f64x2.promote_low_f32x4
          (i8x16.shuffle 0 1 2 3 12 13 14 15 0 1 2 3 12 13 14 15 (local.get $low) (local.get $high))))
        (local.set $y (f64x2.promote_low_f32x4
          (i8x16.shuffle 4 5 6 7 16 17 18 19 4 5 6 7 16 17 18 19 (local.get $low) (local.get $high))))
        (local.set $z (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 20 21 22 23 8 9 10 11 20 21 22 23 (local.get $low) (local.get $high))))
        (local.set $vx (f64x2.add (f64x2.mul (local.get $a) (local.get $x)) (f64x2.add
          (f64x2.mul (local.get $b) (local.get $y)) (f64x2.mul (local.get $c) (local.get $z)))))
        (local.set $vy (f64x2.add (f64x2.mul (local.get $d) (local.get $x)) (f64x2.add
          (f64x2.mul (local.get $e) (local.get $y)) (f64x2.mul (local.get $f) (local.get $z)))))
        (local.set $vz (f64x2.add (f64x2.mul (local.get $g) (local.get $x)) (f64x2.add
          (f64x2.mul (local.get $h) (local.get $y)) (f64x2.mul (local.get $i) (local.get $z)))))
        (local.set $stiffness (v128.load offset=1536 (local.get $at)))
        (local.set $range (v128.load offset=2560 (local.get $pixel)))
        (local.set $ux (f64x2.mul (local.get $stiffness) (f64x2.sub (f64x2.sub
          (f64x2.mul (local.get $range) (v128.load offset=0 (local.get $pixel)))
          (local.get $vx)) (local.get $tx))))
        (v128.store offset=3072 (local.get $pixel)
          (f64x2.add (v128.load offset=3072 (local.get $pixel)) (local.get $ux)))
        (local.set $sx (f64x2.add (local.get $sx) (local.get $ux)))
        (local.set $uy (f64x2.mul (local.get $stiffness) (f64x2.sub (f64x2.sub
          (f64x2.mul (local.get $range) (v128.load offset=512 (local.get $pixel)))
          (local.get $vy)) (local.get $ty))))
        (v128.store offset=3584 (local.get $pixel)
          (f64x2.add (v128.load offset=3584 (local.get $pixel)) (local.get $uy)))
        (local.set $sy (f64x2.add (local.get $sy) (local.get $uy)))
        (local.set $uz (f64x2.mul (local.get $stiffness) (f64x2.sub (f64x2.sub
          (f64x2.mul (local.get $range) (v128.load offset=1024 (local.get $pixel)))
          (local.get $vz)) (local.get $tz))))
        (v128.store offset=4096 (local.get $pixel)
          (f64x2.add (v128.load offset=4096 (local.get $pixel)) (local.get $uz)))
        (local.set $sz (f64x2.add (local.get $sz) (local.get $uz)))
        (local.set $torqueX (f64x2.add (local.get $torqueX) (f64x2.sub
          (f64x2.mul (local.get $vy) (local.get $uz)) (f64x2.mul (local.get $vz) (local.get $uy)))))
        (local.set $torqueY (f64x2.add (local.get $torqueY) (f64x2.sub
          (f64x2.mul (local.get $vz) (local.get $ux)) (f64x2.mul (local.get $vx) (local.get $uz)))))
        (local.set $torqueZ (f64x2.add (local.get $torqueZ) (f64x2.sub
          (f64x2.mul (local.get $vx) (local.get $uy)) (f64x2.mul (local.get $vy) (local.get $ux)))))
        (local.set $stretch (f64x2.add (local.get $stretch) (f64x2.add (f64x2.mul (local.get $vx) (local.get $ux)) (f64x2.add
          (f64x2.mul (local.get $vy) (local.get $uy)) (f64x2.mul (local.get $vz) (local.get $uz))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $point (i32.add (local.get $point) (i32.const 24)))
        (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
        (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $end))))
      (f64.store offset=3184 (local.get $row)
        (f64.add (f64.load offset=3184 (local.get $row)) (call $both (local.get $sx))))
      (f64.store offset=3192 (local.get $row)
        (f64.add (f64.load offset=3192 (local.get $row)) (call $both (local.get $sy))))
      (f64.store offset=3200 (local.get $row)
        (f64.add (f64.load offset=3200 (local.get $row)) (call $both (local.get $sz))))
      (f64.store offset=3208 (local.get $row)
        (f64.add (f64.load offset=3208 (local.get $row)) (call $both (local.get $torqueX))))
      (f64.store offset=3216 (local.get $row)
        (f64.add (f64.load offset=3216 (local.get $row)) (call $both (local.get $torqueY))))
      (f64.store offset=3224 (local.get $row)
        (f64.add (f64.load offset=3224 (local.get $row)) (call $both (local.get $torqueZ))))
      (f64.store offset=3232 (local.get $row)
        (f64.add (f64.load offset=3232 (local.get $row)) (call $both (local.get $stretch))))
      (local.set $row (i32.add (local.get $row) (i32.const 3264)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $rowsEnd))))
    (call $addToCamera (local.get $end)))

  (func $addToCamera (param $end i32)
    (local $pixel i32) (local $camera i32) (local $range v128) (local $depth v128)
    (local $x v128) (local $y v128) (local $z v128) (local $fx v128) (local $fy v128) (local $fz v128)
    (local $forceX v128) (local $forceY v128) (local $forceZ v128)
    (local $torqueX v128) (local $torqueY v128) (local $torqueZ v128)
    (local $byDepthX v128) (local $byDepthY v128) (local $byDepthZ v128) (local $stretch v128)
    (loop $pixels
      (local.set $range (v128.load offset=2048 (local.get $pixel)))
      (local.set $depth (f64x2.mul (local.get $range) (v128.load offset=1536 (local.get $pixel))))
      (local.set $x (f64x2.mul (local.get $range) (v128.load offset=0 (local.get $pixel))))
      (local.set $fx (v128.load offset=3072 (local.get $pixel)))
      (local.set $forceX (f64x2.add (local.get $forceX) (local.get $fx)))
      (local.set $byDepthX (f64x2.add (local.get $byDepthX)
        (f64x2.mul (local.get $depth) (local.get $fx))))
      (local.set $y (f64x2.mul (local.get $range) (v128.load offset=512 (local.get $pixel))))
      (local.set $fy (v128.load offset=3584 (local.get $pixel)))
      (local.set $forceY (f64x2.add (local.get $forceY) (local.get $fy)))
      (local.set $byDepthY (f64x2.add (local.get $byDepthY)
        (f64x2.mul (local.get $depth) (local.get $fy))))
      (local.set $z (f64x2.mul (local.get $range) (v128.load offset=1024 (local.get $pixel))))
      (local.set $fz (v128.load offset=4096 (local.get $pixel)))
      (local.set $forceZ (f64x2.add (local.get $forceZ) (local.get $fz)))
      (local.set $byDepthZ (f64x2.add (local.get $byDepthZ)
        (f64x2.mul (local.get $depth) (local.get $fz))))
      (local.set $torqueX (f64x2.add (local.get $torqueX) (f64x2.sub
          (f64x2.mul (local.get $y) (local.get $fz)) (f64x2.mul (local.get $z) (local.get $fy)))))
      (local.set $torqueY (f64x2.add (local.get $torqueY) (f64x2.sub
          (f64x2.mul (local.get $z) (local.get $fx)) (f64x2.mul (local.get $x) (local.get $fz)))))
      (local.set $torqueZ (f64x2.add (local.get $torqueZ) (f64x2.sub
          (f64x2.mul (local.get $x) (local.get $fy)) (f64x2.mul (local.get $y) (local.get $fx)))))
      (local.set $stretch (f64x2.add (local.get $stretch) (f64x2.add (f64x2.mul (local.get $x) (local.get $fx)) (f64x2.add
          (f64x2.mul (local.get $y) (local.get $fy)) (f64x2.mul (local.get $z) (local.get $fz))))))
      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $end))))
    (f64.store offset=5224 (local.get $camera)
      (f64.add (f64.load offset=5224 (local.get $camera)) (call $both (local.get $forceX))))
    (f64.store offset=5232 (local.get $camera)
      (f64.add (f64.load offset=5232 (local.get $camera)) (call $both (local.get $forceY))))
    (f64.store offset=5240 (local.get $camera)
      (f64.add (f64.load offset=5240 (local.get $camera)) (call $both (local.get $forceZ))))
    (f64.store offset=5248 (local.get $camera)
      (f64.add (f64.load offset=5248 (local.get $camera)) (call $both (local.get $torqueX))))
    (f64.store offset=5256 (local.get $camera)
      (f64.add (f64.load offset=5256 (local.get $camera)) (call $both (local.get $torqueY))))
    (f64.store offset=5264 (local.get $camera)
      (f64.add (f64.load offset=5264 (local.get $camera)) (call $both (local.get $torqueZ))))
    (f64.store offset=5272 (local.get $camera)
      (f64.add (f64.load offset=5272 (local.get $camera)) (call $both (local.get $byDepthX))))
    (f64.store offset=5280 (local.get $camera)
      (f64.add (f64.load offset=5280 (local.get $camera)) (call $both (local.get $byDepthY))))
    (f64.store offset=5288 (local.get $camera)
      (f64.add (f64.load offset=5288 (local.get $camera)) (call $both (local.get $byDepthZ))))
    (f64.store offset=5296 (local.get $camera)
      (f64.add (f64.load offset=5296 (local.get $camera)) (call $both (local.get $stretch)))))

  (func $both (param $lanes v128) (result f64)
    (f64.add (f64x2.extract_lane 0 (local.get $lanes)) (f64x2.extract_lane 1 (local.get $lanes)))))
