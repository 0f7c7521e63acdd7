"""Makes the checkpoints beside it, small ones of both containers of torch.save. Made with torch 2.x:

    python make_checkpoints.py
"""

from collections import OrderedDict
from pathlib import Path

import torch

plain = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 8 - 1
contiguous = OrderedDict(
    half=torch.arange(5, dtype=torch.float16),
    num_batches_tracked=torch.tensor(7),
    plain=plain,
    scalar=torch.tensor(2.5),
)
strided = OrderedDict(
    contiguous,
    permuted=plain.permute(2, 0, 1),  # of the same storage as `plain`
    part=plain[1, 1:, ::2],  # from an offset
)
here = Path(__file__).parent
torch.save(strided, here / "legacy.pth", _use_new_zipfile_serialization=False)
torch.save(contiguous, here / "zip.pth")
torch.save(strided, here / "zip_strided.pth")
