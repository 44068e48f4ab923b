"""OpenCV's semi-global block matching on rectified pairs, beside stereo-pairs.bench.ts: prints one JSON line for each.

python3 bench/stereo-pairs.py LEFT RIGHT OUT.f32 MOST: disparities of the left picture, as float32, 0 where there are none.
"""

import sys

import cv2
import numpy as np

left, right, out, most = sys.argv[1:]
a, b = (cv2.imread(name, cv2.IMREAD_COLOR) for name in (left, right))
matcher = cv2.StereoSGBM_create(
    minDisparity=0,
    numDisparities=16 * int(np.ceil(int(most) / 16)),
    blockSize=5,
    P1=8 * 3 * 25,
    P2=32 * 3 * 25,
    disp12MaxDiff=1,
    uniquenessRatio=10,
    speckleWindowSize=100,
    speckleRange=2,
    mode=cv2.STEREO_SGBM_MODE_HH,
)
start = cv2.getTickCount()
disparity = matcher.compute(a, b).astype(np.float32) / 16
seconds = (cv2.getTickCount() - start) / cv2.getTickFrequency()
disparity[disparity < 0] = 0
disparity.tofile(out)
print(seconds)
