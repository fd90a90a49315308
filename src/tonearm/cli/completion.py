"""What a shell offers for `--models`. RequestedModel at every press of the tab key, so it imports no model."""

from __future__ import annotations


def model_names(incomplete: str) -> list[str]:
    """Lists of models that begin so: the last name is completed, those before it stay."""
    from pkgutil import iter_modules

    import tonearm.models
    from tonearm.config import Settings
    from tonearm.networks.naming import task
    from tonearm.networks.published import short_name
    from tonearm.networks.store import Store

    before, comma, begun = incomplete.rpartition(",")
    own = {module.name for module in iter_modules(tonearm.models.__path__)}
    networks = {short_name(task(stem)) for stem in Store(Settings().models_dir).packs}
    taken = set(before.split(","))
    return [f"{before}{comma}{name}" for name in sorted((own | networks) - taken) if name.startswith(begun)]
