"""Names for the arrays that flow between stages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Mark `array` read-only and return it, so that no later stage can change what an earlier one said."""
    array.flags.writeable = False
    return array
