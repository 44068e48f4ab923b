;; Products of blocks, `[rows, columns]` of f64, all on one memory.
(module
  (memory (export "memory") 1)

  ;; target [height, columns] -= left [height, width] right [width, columns]; none of them is empty.
  (func (export "subtractProduct") (param $target i32) (param $left i32) (param $right i32)
    (param $height i32) (param $columns i32) (param $width i32)
    (local $stride i32) (local $to i32) (local $from i32) (local $by i32) (local $row i32) (local $k i32)
    (local $a v128) (local $b v128) (local $c v128) (local $factor v128) (local $sum f64)
    (local.set $stride (i32.shl (local.get $columns) (i32.const 3)))
    ;; Six columns at a time, as many as a photo has unknowns.
    (block $noSix
      (loop $sixes
        (br_if $noSix (i32.lt_u (local.get $columns) (i32.const 6)))
        (local.set $to (local.get $target))
        (local.set $from (local.get $left))
        (local.set $row (local.get $height))
        (loop $rows
          (local.set $a (v128.load (local.get $to)))
          (local.set $b (v128.load offset=16 (local.get $to)))
          (local.set $c (v128.load offset=32 (local.get $to)))
          (local.set $by (local.get $right))
          (local.set $k (local.get $width))
          (loop $products
            (local.set $factor (v128.load64_splat (local.get $from)))
            (local.set $a (f64x2.sub (local.get $a) (f64x2.mul (local.get $factor) (v128.load (local.get $by)))))
            (local.set $b (f64x2.sub (local.get $b) (f64x2.mul (local.get $factor) (v128.load offset=16 (local.get $by)))))
            (local.set $c (f64x2.sub (local.get $c) (f64x2.mul (local.get $factor) (v128.load offset=32 (local.get $by)))))
            (local.set $from (i32.add (local.get $from) (i32.const 8)))
            (local.set $by (i32.add (local.get $by) (local.get $stride)))
            (br_if $products (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
          (v128.store (local.get $to) (local.get $a))
          (v128.store offset=16 (local.get $to) (local.get $b))
          (v128.store offset=32 (local.get $to) (local.get $c))
          (local.set $to (i32.add (local.get $to) (local.get $stride)))
          (br_if $rows (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
        (local.set $target (i32.add (local.get $target) (i32.const 48)))
        (local.set $right (i32.add (local.get $right) (i32.const 48)))
        (local.set $columns (i32.sub (local.get $columns) (i32.const 6)))
        (br $sixes)))
    ;; What is left of them, one at a time.
    (block $noOne
      (loop $ones
        (br_if $noOne (i32.eqz (local.get $columns)))
        (local.set $to (local.get $target))
        (local.set $from (local.get $left))
        (local.set $row (local.get $height))
        (loop $rows
          (local.set $sum (f64.load (local.get $to)))
          (local.set $by (local.get $right))
          (local.set $k (local.get $width))
          (loop $products
            (local.set $sum (f64.sub (local.get $sum) (f64.mul (f64.load (local.get $from)) (f64.load (local.get $by)))))
            (local.set $from (i32.add (local.get $from) (i32.const 8)))
            (local.set $by (i32.add (local.get $by) (local.get $stride)))
            (br_if $products (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
          (f64.store (local.get $to) (local.get $sum))
          (local.set $to (i32.add (local.get $to) (local.get $stride)))
          (br_if $rows (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
        (local.set $target (i32.add (local.get $target) (i32.const 8)))
        (local.set $right (i32.add (local.get $right) (i32.const 8)))
        (local.set $columns (i32.sub (local.get $columns) (i32.const 1)))
        (br $ones))))
)
