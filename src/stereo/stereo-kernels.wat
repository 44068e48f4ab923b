;; The inner loops of dense stereo, four samples of a window at a time in single precision, all on one memory;
;; plane-scorer.ts names its places. Planes are linear in inverse depth w: where a source shows a sample is a homogeneous
;; pixel linear in the sample's offset.
;;
;; Samples are listed in groups of four, 64 bytes: dx (f32), dy (f32), weight (f32), offset in bytes from the window's middle
;; in the reference (i32), four lanes each. A window has 32 bytes for each group: weights (sum 1) and weighted differences
;; of the reference from its mean, followed by 16 bytes: one over its standard deviation and its middle's brightness.
;; A source is 80 bytes: four columns (f32x4, last lane unused) that multiply x, y, 1 and w; place of its pixels, their
;; stride (f32), greatest u and v. A pixel there is four bytes: itself and its right, lower and lower right neighbors.
(module
  (memory (export "memory") 1)

  ;; Prepares the window around the byte at `middle` of the reference; gives its weighted variance.
  (func (export "weigh") (param $middle i32) (param $samples i32) (param $end i32) (param $colors i32) (param $window i32)
    (result f32)
    (local $out i32) (local $color i32) (local $at i32) (local $place i32) (local $value i32)
    (local $w v128) (local $r v128) (local $wr v128) (local $sum v128) (local $first v128) (local $second v128)
    (local $total f32) (local $mean f32) (local $variance f32) (local $inverse v128)
    (local.set $color (i32.load8_u (local.get $middle)))
    (local.set $out (local.get $window))
    (local.set $at (local.get $samples))
    (loop $groups
      (local.set $value (i32.sub
        (i32.load8_u (i32.add (local.get $middle) (i32.load offset=48 (local.get $at)))) (local.get $color)))
      (local.set $r (f32x4.splat (f32.convert_i32_s (local.get $value))))
      (local.set $w (v128.load32_splat (i32.add (local.get $colors) (i32.shl (call $abs (local.get $value)) (i32.const 2)))))
      (local.set $value (i32.sub
        (i32.load8_u (i32.add (local.get $middle) (i32.load offset=52 (local.get $at)))) (local.get $color)))
      (local.set $r (f32x4.replace_lane 1 (local.get $r) (f32.convert_i32_s (local.get $value))))
      (local.set $w (v128.load32_lane 1 (i32.add (local.get $colors) (i32.shl (call $abs (local.get $value)) (i32.const 2)))
        (local.get $w)))
      (local.set $value (i32.sub
        (i32.load8_u (i32.add (local.get $middle) (i32.load offset=56 (local.get $at)))) (local.get $color)))
      (local.set $r (f32x4.replace_lane 2 (local.get $r) (f32.convert_i32_s (local.get $value))))
      (local.set $w (v128.load32_lane 2 (i32.add (local.get $colors) (i32.shl (call $abs (local.get $value)) (i32.const 2)))
        (local.get $w)))
      (local.set $value (i32.sub
        (i32.load8_u (i32.add (local.get $middle) (i32.load offset=60 (local.get $at)))) (local.get $color)))
      (local.set $r (f32x4.replace_lane 3 (local.get $r) (f32.convert_i32_s (local.get $value))))
      (local.set $w (v128.load32_lane 3 (i32.add (local.get $colors) (i32.shl (call $abs (local.get $value)) (i32.const 2)))
        (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (v128.load offset=32 (local.get $at))))
      (local.set $wr (f32x4.mul (local.get $w) (local.get $r)))
      (local.set $sum (f32x4.add (local.get $sum) (local.get $w)))
      (local.set $first (f32x4.add (local.get $first) (local.get $wr)))
      (local.set $second (f32x4.add (local.get $second) (f32x4.mul (local.get $wr) (local.get $r))))
      (v128.store (local.get $out) (local.get $w))
      (v128.store offset=16 (local.get $out) (local.get $r))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $groups (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $total (call $total (local.get $sum)))
    (local.set $mean (f32.div (call $total (local.get $first)) (local.get $total)))
    (local.set $variance (f32.sub (f32.div (call $total (local.get $second)) (local.get $total))
      (f32.mul (local.get $mean) (local.get $mean))))
    (f32.store (local.get $out) (f32.div (f32.const 1) (f32.sqrt (f32.max (local.get $variance) (f32.const 1e-6)))))
    (f32.store offset=4 (local.get $out) (f32.convert_i32_u (local.get $color)))
    ;; Weights of sum 1, and with them the differences from the mean.
    (local.set $inverse (f32x4.splat (f32.div (f32.const 1) (local.get $total))))
    (local.set $r (f32x4.splat (local.get $mean)))
    (local.set $at (local.get $window))
    (loop $groups
      (local.set $w (f32x4.mul (local.get $inverse) (v128.load (local.get $at))))
      (v128.store (local.get $at) (local.get $w))
      (v128.store offset=16 (local.get $at)
        (f32x4.mul (local.get $w) (f32x4.sub (v128.load offset=16 (local.get $at)) (local.get $r))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $groups (i32.lt_u (local.get $at) (local.get $out))))
    (local.get $variance))

  ;; One minus the normalized cross-correlation of the prepared window with each source, warped by the plane of inverse
  ;; depth w and its slopes: 1 at most, and where a source does not show the pixel or shows nothing but one brightness.
  (func (export "compare") (param $x f32) (param $y f32) (param $depth f32) (param $slopeX f32) (param $slopeY f32)
    (param $sources i32) (param $lastSource i32) (param $samples i32) (param $end i32) (param $window i32) (param $costs i32)
    (param $leastVariance f32)
    (local $at i32) (local $in i32) (local $pixels i32) (local $a v128) (local $b v128)
    (local $x0 v128) (local $y0 v128) (local $z0 v128) (local $xx v128) (local $yx v128) (local $zx v128)
    (local $xy v128) (local $yy v128) (local $zy v128) (local $dx v128) (local $dy v128)
    (local $u v128) (local $v v128) (local $left v128) (local $top v128) (local $index v128) (local $four v128)
    (local $mostU v128) (local $mostV v128) (local $stride v128) (local $middle v128) (local $upper v128) (local $w v128)
    (local $first v128) (local $second v128) (local $cross v128) (local $z f32) (local $mean f32) (local $variance f32)
    (local $byte v128) (local $zero v128)
    (local.set $byte (v128.const i32x4 255 255 255 255))
    (loop $next
      (f32.store (local.get $costs) (f32.const 1))
      (block $unseen
        (local.set $a (f32x4.add (v128.load (local.get $sources))
          (f32x4.mul (f32x4.splat (local.get $slopeX)) (v128.load offset=48 (local.get $sources)))))
        (local.set $b (f32x4.add (v128.load offset=16 (local.get $sources))
          (f32x4.mul (f32x4.splat (local.get $slopeY)) (v128.load offset=48 (local.get $sources)))))
        (local.set $xx (i8x16.shuffle 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 (local.get $a) (local.get $a)))
        (local.set $yx (i8x16.shuffle 4 5 6 7 4 5 6 7 4 5 6 7 4 5 6 7 (local.get $a) (local.get $a)))
        (local.set $zx (i8x16.shuffle 8 9 10 11 8 9 10 11 8 9 10 11 8 9 10 11 (local.get $a) (local.get $a)))
        (local.set $xy (i8x16.shuffle 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 (local.get $b) (local.get $b)))
        (local.set $yy (i8x16.shuffle 4 5 6 7 4 5 6 7 4 5 6 7 4 5 6 7 (local.get $b) (local.get $b)))
        (local.set $zy (i8x16.shuffle 8 9 10 11 8 9 10 11 8 9 10 11 8 9 10 11 (local.get $b) (local.get $b)))
        (local.set $a (f32x4.add
          (f32x4.add (f32x4.mul (f32x4.splat (local.get $x)) (v128.load (local.get $sources)))
            (f32x4.mul (f32x4.splat (local.get $y)) (v128.load offset=16 (local.get $sources))))
          (f32x4.add (v128.load offset=32 (local.get $sources))
            (f32x4.mul (f32x4.splat (local.get $depth)) (v128.load offset=48 (local.get $sources))))))
        (local.set $x0 (i8x16.shuffle 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 (local.get $a) (local.get $a)))
        (local.set $y0 (i8x16.shuffle 4 5 6 7 4 5 6 7 4 5 6 7 4 5 6 7 (local.get $a) (local.get $a)))
        (local.set $z0 (i8x16.shuffle 8 9 10 11 8 9 10 11 8 9 10 11 8 9 10 11 (local.get $a) (local.get $a)))
        (local.set $z (f32x4.extract_lane 2 (local.get $a)))
        (br_if $unseen (i32.eqz (f32.gt (local.get $z) (f32.const 0))))
        (local.set $mostU (v128.load32_splat offset=72 (local.get $sources)))
        (local.set $mostV (v128.load32_splat offset=76 (local.get $sources)))
        (local.set $u (f32x4.div (local.get $x0) (local.get $z0)))
        (local.set $v (f32x4.div (local.get $y0) (local.get $z0)))
        (br_if $unseen (i32.eqz (i32x4.all_true (v128.and
          (v128.and (f32x4.ge (local.get $u) (local.get $zero)) (f32x4.le (local.get $u) (local.get $mostU)))
          (v128.and (f32x4.ge (local.get $v) (local.get $zero)) (f32x4.le (local.get $v) (local.get $mostV)))))))
        (local.set $pixels (i32.load offset=64 (local.get $sources)))
        (local.set $stride (v128.load32_splat offset=68 (local.get $sources)))
        (local.set $first (local.get $zero))
        (local.set $second (local.get $zero))
        (local.set $cross (local.get $zero))
        (local.set $at (local.get $samples))
        (local.set $in (local.get $window))
        (local.set $middle (v128.load32_splat offset=4
          (i32.add (local.get $in) (i32.shr_u (i32.sub (local.get $end) (local.get $samples)) (i32.const 1)))))
        (loop $groups
          (local.set $dx (v128.load (local.get $at)))
          (local.set $dy (v128.load offset=16 (local.get $at)))
          (local.set $w (f32x4.div (v128.const f32x4 1 1 1 1) (f32x4.add (local.get $z0)
            (f32x4.add (f32x4.mul (local.get $dx) (local.get $zx)) (f32x4.mul (local.get $dy) (local.get $zy))))))
          (local.set $u (f32x4.mul (local.get $w) (f32x4.add (local.get $x0)
            (f32x4.add (f32x4.mul (local.get $dx) (local.get $xx)) (f32x4.mul (local.get $dy) (local.get $xy))))))
          (local.set $v (f32x4.mul (local.get $w) (f32x4.add (local.get $y0)
            (f32x4.add (f32x4.mul (local.get $dx) (local.get $yx)) (f32x4.mul (local.get $dy) (local.get $yy))))))
          ;; In this order what is not a number becomes 0: the window's edge may lie beyond the horizon.
          (local.set $u (f32x4.pmin (local.get $mostU) (f32x4.pmax (local.get $zero) (local.get $u))))
          (local.set $v (f32x4.pmin (local.get $mostV) (f32x4.pmax (local.get $zero) (local.get $v))))
          (local.set $left (f32x4.trunc (local.get $u)))
          (local.set $top (f32x4.trunc (local.get $v)))
          (local.set $u (f32x4.sub (local.get $u) (local.get $left)))
          (local.set $v (f32x4.sub (local.get $v) (local.get $top)))
          (local.set $index (i32x4.add (i32x4.splat (local.get $pixels)) (i32x4.shl (i32x4.trunc_sat_f32x4_s
            (f32x4.add (local.get $left) (f32x4.mul (local.get $top) (local.get $stride)))) (i32.const 2))))
          (local.set $four (v128.load32_zero (i32x4.extract_lane 0 (local.get $index))))
          (local.set $four (v128.load32_lane 1 (i32x4.extract_lane 1 (local.get $index)) (local.get $four)))
          (local.set $four (v128.load32_lane 2 (i32x4.extract_lane 2 (local.get $index)) (local.get $four)))
          (local.set $four (v128.load32_lane 3 (i32x4.extract_lane 3 (local.get $index)) (local.get $four)))
          (local.set $upper (f32x4.convert_i32x4_s (v128.and (local.get $four) (local.get $byte))))
          (local.set $upper (f32x4.add (local.get $upper) (f32x4.mul (local.get $u) (f32x4.sub
            (f32x4.convert_i32x4_s (v128.and (i32x4.shr_u (local.get $four) (i32.const 8)) (local.get $byte)))
            (local.get $upper)))))
          (local.set $a (f32x4.convert_i32x4_s
            (v128.and (i32x4.shr_u (local.get $four) (i32.const 16)) (local.get $byte))))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $u) (f32x4.sub
            (f32x4.convert_i32x4_s (i32x4.shr_u (local.get $four) (i32.const 24))) (local.get $a)))))
          (local.set $a (f32x4.sub (f32x4.add (local.get $upper)
            (f32x4.mul (local.get $v) (f32x4.sub (local.get $a) (local.get $upper)))) (local.get $middle)))
          (local.set $w (f32x4.mul (local.get $a) (v128.load (local.get $in))))
          (local.set $first (f32x4.add (local.get $first) (local.get $w)))
          (local.set $second (f32x4.add (local.get $second) (f32x4.mul (local.get $w) (local.get $a))))
          (local.set $cross (f32x4.add (local.get $cross)
            (f32x4.mul (local.get $a) (v128.load offset=16 (local.get $in)))))
          (local.set $in (i32.add (local.get $in) (i32.const 32)))
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (br_if $groups (i32.lt_u (local.get $at) (local.get $end))))
        (local.set $mean (call $total (local.get $first)))
        (local.set $variance (f32.sub (call $total (local.get $second)) (f32.mul (local.get $mean) (local.get $mean))))
        (br_if $unseen (f32.lt (local.get $variance) (local.get $leastVariance)))
        (f32.store (local.get $costs) (f32.max (f32.const 0) (f32.min (f32.const 1) (f32.sub (f32.const 1)
          (f32.mul (call $total (local.get $cross))
            (f32.div (f32.load (local.get $in)) (f32.sqrt (local.get $variance)))))))))
      (local.set $costs (i32.add (local.get $costs) (i32.const 4)))
      (local.set $sources (i32.add (local.get $sources) (i32.const 80)))
      (br_if $next (i32.lt_u (local.get $sources) (local.get $lastSource)))))

  (func $total (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))

  (func $abs (param $i i32) (result i32)
    (select (local.get $i) (i32.sub (i32.const 0) (local.get $i)) (i32.gt_s (local.get $i) (i32.const 0)))))
