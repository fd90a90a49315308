"""deploy/kubernetes.yaml: by the schemas of Kubernetes, and against what the server's settings and the image are."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.support import dockerfile
from tests.support.dockerfile import ROOT
from tonearm.config import Settings

OBJECTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text()))
BY_NAME = {(each["kind"], each["metadata"]["name"]): each for each in OBJECTS}
DEPLOYMENT = BY_NAME["Deployment", "tonearm"]
POD = DEPLOYMENT["spec"]["template"]["spec"]
(SERVER,) = POD["containers"]
VERSIONS = ["1.30", kubernetes_validate.latest_version()]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", BY_NAME, ids="/".join)
def test_it_is_as_the_schemas_say(kind: tuple[str, str], version: str) -> None:
    kubernetes_validate.validate(BY_NAME[kind], version, strict=True)


def test_a_field_that_is_none_is_found() -> None:
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], "replicass": 2}}, "1.30", strict=True
        )


def test_names_meet() -> None:
    storage = next(each["value"] for each in SERVER["env"] if each["name"] == "TONEARM_RATE_LIMIT_STORAGE")
    host, port = storage.removeprefix("redis://").partition("/")[0].split(":")
    assert int(port) == BY_NAME["Service", host]["spec"]["ports"][0]["port"]
    for (kind, name), each in BY_NAME.items():
        if kind == "Service":
            labels = BY_NAME["Deployment", name]["spec"]["template"]["metadata"]["labels"]
            assert each["spec"]["selector"].items() <= labels.items()
    target = BY_NAME["HorizontalPodAutoscaler", "tonearm"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) in BY_NAME


def test_the_settings_are_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in SERVER["env"]:
        assert each["name"].removeprefix("TONEARM_").lower() in Settings.model_fields
        monkeypatch.setenv(each["name"], each["value"])
    paused = SERVER["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert POD["terminationGracePeriodSeconds"] > paused + Settings().grace_seconds + 3


def test_it_may_do_little_as_in_the_image() -> None:
    user, group = dockerfile.last("USER").split(":")
    assert (POD["securityContext"]["runAsUser"], POD["securityContext"]["runAsGroup"]) == (int(user), int(group))
    for (kind, _), each in BY_NAME.items():
        if kind == "Deployment":
            pod = each["spec"]["template"]["spec"]
            assert pod["automountServiceAccountToken"] is False
            for container in (*pod.get("initContainers", ()), *pod["containers"]):
                context = container["securityContext"]
                assert (context["readOnlyRootFilesystem"], context["capabilities"]) == (True, {"drop": ["ALL"]})
