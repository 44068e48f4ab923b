;; Dot products of descriptors of 128 bytes, all on one memory.
;;
;; For matching all with all, rows are widened to 128 i16, and columns interleaved in groups of four: 64 times the elements
;; 2k and 2k + 1 of four descriptors (i16). A state, of a row or of a group of columns, is 48 bytes: best, second best and
;; index of the best, four lanes each (i32). The lanes of a row hold what it found among columns 0, 4, 8 …, 1, 5, 9 …, and
;; so on; those of a group are its four columns.
(module
  (memory (export "memory") 1)

  ;; Widens `count` descriptors (u8) to rows.
  (func (export "widen") (param $out i32) (param $in i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $in) (i32.shl (local.get $count) (i32.const 7))))
    (loop $elements
      (v128.store (local.get $out) (v128.load8x8_u (local.get $in)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $in (i32.add (local.get $in) (i32.const 8)))
      (br_if $elements (i32.lt_u (local.get $in) (local.get $end)))))

  ;; Interleaves `groups` groups of four descriptors (u8).
  (func (export "interleave") (param $out i32) (param $in i32) (param $groups i32)
    (local $k i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $ab v128) (local $cd v128)
    (loop $groups
      (local.set $k (i32.const 128))
      (loop $elements
        (local.set $a (v128.load8x8_u (local.get $in)))
        (local.set $b (v128.load8x8_u offset=128 (local.get $in)))
        (local.set $c (v128.load8x8_u offset=256 (local.get $in)))
        (local.set $d (v128.load8x8_u offset=384 (local.get $in)))
        (local.set $ab (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
        (local.set $cd (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
        (v128.store (local.get $out)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
        (v128.store offset=16 (local.get $out)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
        (local.set $ab (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
        (local.set $cd (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
        (v128.store offset=32 (local.get $out)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
        (v128.store offset=48 (local.get $out)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
        (local.set $out (i32.add (local.get $out) (i32.const 64)))
        (local.set $in (i32.add (local.get $in) (i32.const 8)))
        (br_if $elements (local.tee $k (i32.sub (local.get $k) (i32.const 8)))))
      (local.set $in (i32.add (local.get $in) (i32.const 384)))
      (br_if $groups (local.tee $groups (i32.sub (local.get $groups) (i32.const 1))))))

  ;; Compares four rows, numbered from `row` on, with pairs of groups of columns, numbered from `column` on, up to the
  ;; group at `end`; updates the states of all. `scratch` are 128 bytes.
  (func (export "compare") (param $rows i32) (param $row i32) (param $rowStates i32)
    (param $groups i32) (param $end i32) (param $column i32) (param $groupStates i32) (param $scratch i32)
    (local $k i32) (local $at i32) (local $pair i32) (local $state i32) (local $columns v128) (local $index v128)
    (local $b0 v128) (local $b1 v128) (local $a v128) (local $dots v128) (local $better v128) (local $best v128)
    (local $s00 v128) (local $s10 v128) (local $s20 v128) (local $s30 v128)
    (local $s01 v128) (local $s11 v128) (local $s21 v128) (local $s31 v128)
    (local.set $columns (i32x4.add (i32x4.splat (local.get $column)) (v128.const i32x4 0 1 2 3)))
    (loop $groups
      (local.set $s00 (v128.const i32x4 0 0 0 0)) (local.set $s01 (v128.const i32x4 0 0 0 0))
      (local.set $s10 (v128.const i32x4 0 0 0 0)) (local.set $s11 (v128.const i32x4 0 0 0 0))
      (local.set $s20 (v128.const i32x4 0 0 0 0)) (local.set $s21 (v128.const i32x4 0 0 0 0))
      (local.set $s30 (v128.const i32x4 0 0 0 0)) (local.set $s31 (v128.const i32x4 0 0 0 0))
      (local.set $at (local.get $rows))
      (local.set $k (i32.add (local.get $rows) (i32.const 256)))
      (loop $elements
        (local.set $b0 (v128.load (local.get $groups)))
        (local.set $b1 (v128.load offset=1024 (local.get $groups)))
        (local.set $a (v128.load32_splat (local.get $at)))
        (local.set $s00 (i32x4.add (local.get $s00) (i32x4.dot_i16x8_s (local.get $a) (local.get $b0))))
        (local.set $s01 (i32x4.add (local.get $s01) (i32x4.dot_i16x8_s (local.get $a) (local.get $b1))))
        (local.set $a (v128.load32_splat offset=256 (local.get $at)))
        (local.set $s10 (i32x4.add (local.get $s10) (i32x4.dot_i16x8_s (local.get $a) (local.get $b0))))
        (local.set $s11 (i32x4.add (local.get $s11) (i32x4.dot_i16x8_s (local.get $a) (local.get $b1))))
        (local.set $a (v128.load32_splat offset=512 (local.get $at)))
        (local.set $s20 (i32x4.add (local.get $s20) (i32x4.dot_i16x8_s (local.get $a) (local.get $b0))))
        (local.set $s21 (i32x4.add (local.get $s21) (i32x4.dot_i16x8_s (local.get $a) (local.get $b1))))
        (local.set $a (v128.load32_splat offset=768 (local.get $at)))
        (local.set $s30 (i32x4.add (local.get $s30) (i32x4.dot_i16x8_s (local.get $a) (local.get $b0))))
        (local.set $s31 (i32x4.add (local.get $s31) (i32x4.dot_i16x8_s (local.get $a) (local.get $b1))))
        (local.set $groups (i32.add (local.get $groups) (i32.const 16)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $elements (i32.lt_u (local.get $at) (local.get $k))))
      (local.set $groups (i32.add (local.get $groups) (i32.const 1024)))
      (v128.store (local.get $scratch) (local.get $s00)) (v128.store offset=16 (local.get $scratch) (local.get $s01))
      (v128.store offset=32 (local.get $scratch) (local.get $s10)) (v128.store offset=48 (local.get $scratch) (local.get $s11))
      (v128.store offset=64 (local.get $scratch) (local.get $s20)) (v128.store offset=80 (local.get $scratch) (local.get $s21))
      (v128.store offset=96 (local.get $scratch) (local.get $s30)) (v128.store offset=112 (local.get $scratch) (local.get $s31))
      (local.set $pair (i32.const 0))
      (loop $pairs
        (local.set $dots (v128.load (i32.add (local.get $scratch) (i32.shl (local.get $pair) (i32.const 4)))))
        ;; The row's state.
        (local.set $state (i32.add (local.get $rowStates) (i32.mul (i32.shr_u (local.get $pair) (i32.const 1)) (i32.const 48))))
        (local.set $index (i32x4.add (local.get $columns)
          (i32x4.splat (i32.shl (i32.and (local.get $pair) (i32.const 1)) (i32.const 2)))))
        (local.set $best (v128.load (local.get $state)))
        (local.set $better (i32x4.gt_s (local.get $dots) (local.get $best)))
        (v128.store offset=16 (local.get $state) (i32x4.max_s (v128.load offset=16 (local.get $state))
          (i32x4.min_s (local.get $best) (local.get $dots))))
        (v128.store (local.get $state) (i32x4.max_s (local.get $best) (local.get $dots)))
        (v128.store offset=32 (local.get $state)
          (v128.bitselect (local.get $index) (v128.load offset=32 (local.get $state)) (local.get $better)))
        ;; The group's.
        (local.set $state (i32.add (local.get $groupStates) (i32.mul (i32.and (local.get $pair) (i32.const 1)) (i32.const 48))))
        (local.set $index (i32x4.splat (i32.add (local.get $row) (i32.shr_u (local.get $pair) (i32.const 1)))))
        (local.set $best (v128.load (local.get $state)))
        (local.set $better (i32x4.gt_s (local.get $dots) (local.get $best)))
        (v128.store offset=16 (local.get $state) (i32x4.max_s (v128.load offset=16 (local.get $state))
          (i32x4.min_s (local.get $best) (local.get $dots))))
        (v128.store (local.get $state) (i32x4.max_s (local.get $best) (local.get $dots)))
        (v128.store offset=32 (local.get $state)
          (v128.bitselect (local.get $index) (v128.load offset=32 (local.get $state)) (local.get $better)))
        (br_if $pairs (i32.lt_u (local.tee $pair (i32.add (local.get $pair) (i32.const 1))) (i32.const 8))))
      (local.set $columns (i32x4.add (local.get $columns) (v128.const i32x4 8 8 8 8)))
      (local.set $groupStates (i32.add (local.get $groupStates) (i32.const 96)))
      (br_if $groups (i32.lt_u (local.get $groups) (local.get $end))))))
