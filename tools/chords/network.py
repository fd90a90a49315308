"""Learns the weights of `tonearm.algorithms.harmony.likelihood`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tonearm.algorithms.harmony.likelihood import Weights, seen_from_roots
from tonearm.algorithms.harmony.vocabulary import QUALITIES
from tools.chords.examples import Example

_HIDDEN = 24
_BATCH = 2048
_RATE, _DECAY = 5e-3, 3e-2


def learnt(examples: Sequence[Example], steps: int) -> Weights:
    """Of so many steps of 2048 frames each."""
    import torch

    torch.manual_seed(0)
    seen = torch.from_numpy(np.concatenate([np.stack(list(seen_from_roots(e.registers)), axis=1) for e in examples]))
    traits = torch.from_numpy(np.concatenate([each.traits for each in examples]))
    chords = torch.from_numpy(np.concatenate([each.chords for each in examples]))
    known = torch.nonzero(chords >= 0).flatten()

    hidden = torch.nn.Linear(seen.shape[2], _HIDDEN)
    quality = torch.nn.Linear(_HIDDEN, len(QUALITIES))
    nothing = torch.nn.Linear(traits.shape[1], 1)
    parameters = [*hidden.parameters(), *quality.parameters(), *nothing.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    for _ in range(steps):
        batch = known[torch.randint(len(known), (_BATCH,))]
        of_roots = quality(torch.relu(hidden(seen[batch])))
        scores = torch.cat([of_roots.transpose(1, 2).flatten(1), nothing(traits[batch])], dim=1)
        loss = torch.nn.functional.cross_entropy(scores, chords[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return {
        key + suffix: getattr(layer, name).detach().numpy()
        for key, layer in (("hidden", hidden), ("quality", quality), ("nothing", nothing))
        for suffix, name in (("", "weight"), ("_bias", "bias"))
    }
