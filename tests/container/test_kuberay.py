"""deploy/kuberay.yaml: by the schemas of Kubernetes, and against what it says in several places.

KubeRay's own schema is in no package: what it would find is a field of the RayCluster itself that is none.
"""

from __future__ import annotations

import re
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.support import dockerfile
from tests.support.dockerfile import ROOT
from tonearm.config import Settings

OBJECTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy" / "kuberay.yaml").read_text()))
CLUSTER, *OTHERS = OBJECTS
HEAD = CLUSTER["spec"]["headGroupSpec"]
GROUPS = [HEAD, *CLUSTER["spec"]["workerGroupSpecs"]]
SERVER = next(each for each in OTHERS if each["kind"] == "Deployment")["spec"]["template"]
TEMPLATES = [*(group["template"] for group in GROUPS), SERVER]
VERSIONS = ["1.30", kubernetes_validate.latest_version()]


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_as_the_schemas_say(version: str) -> None:
    for each in OTHERS:
        kubernetes_validate.validate(each, version, strict=True)
    for template in TEMPLATES:
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", **template["metadata"]}}
        kubernetes_validate.validate({**pod, "spec": template["spec"]}, version, strict=True)


def test_the_server_finds_the_cluster_and_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    (container,) = SERVER["spec"]["containers"]
    given = {each["name"]: each for each in container["env"]}
    name = CLUSTER["metadata"]["name"]
    assert CLUSTER["spec"]["authOptions"] == {"mode": "token"}
    assert given["RAY_AUTH_MODE"]["value"] == "token"
    assert given["RAY_AUTH_TOKEN"]["valueFrom"]["secretKeyRef"] == {"name": name, "key": "auth_token"}
    (port,) = HEAD["template"]["spec"]["containers"][0]["ports"]
    assert given["TONEARM_RAY_ADDRESS"]["value"] == f"{name}-head-svc:{port['containerPort']}"
    for variable, each in given.items():
        if variable.startswith("TONEARM_"):
            assert variable.removeprefix("TONEARM_").lower() in Settings.model_fields
            monkeypatch.setenv(variable, each["value"])
    pytest.importorskip("ray")
    paused = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert SERVER["spec"]["terminationGracePeriodSeconds"] > paused + Settings().grace_seconds + 3


def test_every_node_has_the_ray_of_the_image() -> None:
    pinned = re.search(r"^ray==(\S+)", (ROOT / "requirements" / "ray.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    assert CLUSTER["spec"]["rayVersion"] == pinned[1]
    assert {each["spec"]["containers"][0]["image"] for each in TEMPLATES} == {"tonearm-ray"}


def test_it_may_do_little_as_in_the_image() -> None:
    user, group = dockerfile.last("USER").split(":")
    for template in TEMPLATES:
        spec = template["spec"]
        assert (spec["securityContext"]["runAsUser"], spec["securityContext"]["runAsGroup"]) == (int(user), int(group))
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            }


def test_nobody_else_reaches_the_cluster_and_there_is_no_dashboard() -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in OTHERS if each["kind"] == "NetworkPolicy"}
    labels = [template["metadata"]["labels"] for template in TEMPLATES]
    assert {tuple(each.items()) for each in labels} == {
        tuple(policy["podSelector"]["matchLabels"].items()) for policy in policies.values()
    }
    (rule,) = policies["tonearm-ray"]["ingress"]
    assert all(set(peer) == {"podSelector"} for peer in rule["from"])
    assert HEAD["rayStartParams"]["include-dashboard"] == "false"
