"""Names for the types of arrays that signatures repeat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
SampleArray = NDArray[np.float32]  # single precision is what the network computes in, and half the memory traffic
RowArray = NDArray[np.floating]  # either of the two
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

UNLABELED = -1  # the code, among class codes, of a row without a label
