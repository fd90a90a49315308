"""Ask the authors' own frameworks what each network answers: `python -m tools.graphs.originals FRAMEWORK`.

FRAMEWORK is onnxruntime, keras, torch or tensorflow. The answers go to `answers.json`, beside those of the others. Run
it in an environment with the framework and numpy, after `tools.graphs.make` has got the files. For torch, the packages
BeatNet and silero-vad have to be there too, for tensorflow musicnn, each without what it depends on.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))

from tonearm.networks.free.probe import probe  # noqa: E402
from tonearm.networks.free.projects import PROJECTS  # noqa: E402

ANSWERS = ROOT / "src" / "tonearm" / "networks" / "free" / "answers.json"
CACHE = ROOT / ".cache" / "networks"

Arrays = dict[str, NDArray[np.float32]]
Range = tuple[tuple[int, ...], float, float]
"""Shape, lowest and highest value of an input."""


def ask(name: str, original: str, inputs: Mapping[str, Range], answer: Callable[[Arrays], Arrays]) -> dict[str, Any]:
    outputs = answer({key: probe(*given) for key, given in inputs.items()})
    print(name, {key: values.shape for key, values in outputs.items()})
    return {
        "original": original,
        "inputs": {key: dict(zip(("shape", "low", "high"), given, strict=True)) for key, given in inputs.items()},
        "outputs": {key: [float(f"{value:.7g}") for value in values.ravel()] for key, values in outputs.items()},
    }


def of_onnxruntime() -> dict[str, Any]:
    import onnxruntime

    session = onnxruntime.InferenceSession(CACHE / "vibenet" / "efficientnet_model.onnx")
    return {
        "vibenet": ask(
            "vibenet",
            f"VibeNet 0.1.0 in onnxruntime {onnxruntime.__version__}",
            {"x": ((1, 128, 300), -60, 30)},
            lambda given: {"out": session.run(["out"], given)[0]},
        )
    }


def of_keras() -> dict[str, Any]:
    """tf_keras, as Keras 3 does not read the older files."""
    import tensorflow
    import tf_keras

    found = {}
    published = ((network, project) for project in PROJECTS.values() for network in project.networks)
    for network, project in published:
        file = CACHE / project.name / network.file
        if file.suffix != ".h5":
            continue
        model = tf_keras.models.load_model(file, compile=False)
        # TensorFlow does not take all of the names that were given.
        model._name = "network"
        _, bands, frames, _ = model.input_shape
        shape = (1, bands, frames or {40: 256, 168: 60}[bands])
        answer = partial(_predict, model)
        original = f"tf_keras {tf_keras.__version__} with TensorFlow {tensorflow.__version__}"
        found[network.name] = ask(network.name, original, {"windows": (shape, -1, 3)}, answer)
    return found


def _predict(model: Any, given: Arrays) -> Arrays:
    return {"classes": model.predict(given["windows"][..., None], verbose=0)}


def of_torch() -> dict[str, Any]:
    """BeatNet's own code, of which the package itself would import much more, and Silero VAD as TorchScript."""
    import torch

    code = runpy.run_path(str(_package("BeatNet") / "model.py"))
    found = {}
    for network in PROJECTS["beatnet"].networks:
        model = code["BDA"](272, 150, 2, "cpu")
        model.load_state_dict(torch.load(CACHE / "beatnet" / network.file))
        model.eval()
        state = dict.fromkeys(("h0", "c0", "h1", "c1"), ((1, 1, 150), 0, 0))
        inputs = {"frames": ((40, 272), 0, 1.5), **state}
        original = f"BeatNet 1.1.3 with PyTorch {torch.__version__}"
        found[network.name] = ask(network.name, original, inputs, partial(_activations, model))
    vad = torch.jit.load(_package("silero_vad") / "data" / "silero_vad.jit")._model
    state = dict.fromkeys(("h", "c"), ((1, 1, 128), 0, 0))
    original = f"Silero VAD 6.2.3 with PyTorch {torch.__version__}"
    found["silero"] = ask("silero", original, {"input": ((40, 576), -0.5, 0.5), **state}, partial(_speech, vad))
    return found


def _package(name: str) -> Path:
    package = find_spec(name)
    assert package is not None
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0])


def _speech(model: Any, given: Arrays) -> Arrays:
    """One frame after another, as the package runs this network."""
    import torch

    state, probabilities = torch.zeros(2, 1, 128), []
    with torch.no_grad():
        for frame in given["input"]:
            probability, state = model(torch.from_numpy(frame[None]), state)
            probabilities.append(probability.numpy())
    return {"speech_probs": np.concatenate(probabilities), "hn": state[:1].numpy(), "cn": state[1:].numpy()}


def _activations(model: Any, given: Arrays) -> Arrays:
    import torch

    with torch.no_grad():
        (logits,) = model(torch.from_numpy(given["frames"][None]))
        beats = model.final_pred(logits).T
    return {"beats": beats.numpy(), "h1_after": model.hidden[1:].numpy()}


def of_tensorflow() -> dict[str, Any]:
    """The code of the package musicnn."""
    # The layers of TensorFlow 1 are in the older Keras.
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow
    from musicnn import models

    v1 = tensorflow.compat.v1
    v1.disable_eager_execution()
    found = {}
    for network in PROJECTS["musicnn"].networks:
        name = network.file.partition(".")[0]
        v1.reset_default_graph()
        with v1.name_scope("model"):
            mel = v1.placeholder(tensorflow.float32, [None, 187, 96])
            tags = tensorflow.sigmoid(models.define_model(mel, False, name, 50)[0])
        embedding = v1.get_default_graph().get_tensor_by_name("model/dense/BiasAdd:0")
        with v1.Session() as session:
            v1.train.Saver().restore(session, str(CACHE / "musicnn" / name))
            wanted = {"tags": tags, "embedding": embedding}
            answer = partial(_run, session, mel, wanted)
            original = f"musicnn 0.1.0 with TensorFlow {tensorflow.__version__}"
            found[network.name] = ask(network.name, original, {"mel": ((1, 187, 96), 0, 3)}, answer)
    return found


def _run(session: Any, mel: Any, wanted: dict[str, Any], given: Arrays) -> Arrays:
    found: Arrays = session.run(wanted, {mel: given["mel"]})
    return found


def main() -> None:
    frameworks = {
        "onnxruntime": of_onnxruntime,
        "keras": of_keras,
        "torch": of_torch,
        "tensorflow": of_tensorflow,
    }
    known = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
    known |= frameworks[sys.argv[1]]()
    lines = (f" {json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known))
    ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
