from __future__ import annotations

from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from tonearm.config import Endpoint, Range, Settings, unknown_variables


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONEARM_PORT", "9000")
    monkeypatch.setenv("TONEARM_FETCH_ALLOW", "10.0.0.0/8, fd00::/8")
    settings = Settings()
    assert settings.port == 9000
    assert settings.fetch_allow == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("value", "endpoint"),
    [
        ("9100", Endpoint("127.0.0.1", 9100)),
        (" 0.0.0.0:9100 ", Endpoint("0.0.0.0", 9100)),
        ("[::1]:9100", Endpoint("::1", 9100)),
        ("metrics.internal:0", Endpoint("metrics.internal", 0)),
    ],
)
def test_where_metrics_are(monkeypatch: pytest.MonkeyPatch, value: str, endpoint: Endpoint) -> None:
    monkeypatch.setenv("TONEARM_METRICS_PORT", value)
    assert Settings().metrics_port == endpoint


def test_what_looks_like_a_setting_and_is_none_is_found() -> None:
    environment = ["HOME", "TONEARM_PORT", "TONEARM_API_KEY", "TONEARM_API_KYES", "TONEARM_ZZZZZZZZZZZZZZZZ"]
    assert unknown_variables(environment) == {"TONEARM_API_KYES": "TONEARM_API_KEYS", "TONEARM_ZZZZZZZZZZZZZZZZ": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("FETCH_ALLOW", "10.0.0.1/8"),
        ("LOG_LEVEL", "loud"),
        ("MAX_SECONDS", "0"),
        ("RATE_LIMIT", "often"),
        ("RATE_LIMIT", "0/second"),
        ("RATE_LIMIT", "1/second;9/minute"),
        ("RATE_LIMIT_STORAGE", "memcached://localhost"),
        ("TRUSTED_PROXIES", "proxy"),
        ("API_KEYS", "ta_key"),
        ("API_KEYS_FILE", "/no/such/file"),
        ("AUDIO_URL", "perhaps"),
        ("WORKERS", "100000"),
        ("MAX_SECONDS", "inf"),
        ("IDLE_SECONDS", "nan"),
        ("API_KEYS", ","),
        ("API_KEYS", ""),
        ("API_KEYS_FILE", ""),
        ("CORS_ORIGINS", "app.example.com"),
        ("CORS_ORIGINS", "https://app.example.com/"),
        ("CORS_ORIGINS", "https://*.example.com"),
        ("METRICS_PORT", "here"),
        ("METRICS_PORT", "65536"),
        ("METRICS_PORT", ":9100"),
        ("METRICS_PORT", "::1:9100"),
        ("METRICS_PORT", "http://127.0.0.1:9100"),
    ],
)
def test_what_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TONEARM_{name}", value)
    with pytest.raises(ValidationError, match=rf"(?i){name}"):
        Settings()


def test_tools_over_http_need_what_they_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONEARM_MCP", "on")
    assert Settings().mcp
    monkeypatch.setenv("TONEARM_AUDIO_URL", "off")
    with pytest.raises(ValidationError, match="TONEARM_AUDIO_URL has to be on"):
        Settings()


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields.keys() - {"api_keys", "api_keys_file"}:
        monkeypatch.setenv(f"TONEARM_{name.upper()}", "")
    assert Settings().host == "127.0.0.1"


def test_a_cluster_needs_its_extra_and_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONEARM_ENGINE", "ray")
    monkeypatch.setattr("tonearm.config.find_spec", lambda name: None)
    with pytest.raises(ValidationError, match=r"install Tonearm as tonearm\[ray\]"):
        Settings()
    monkeypatch.setattr("tonearm.config.find_spec", lambda name: object())
    with pytest.raises(ValidationError, match="TONEARM_RAY_ADDRESS does not say"):
        Settings()
    monkeypatch.setenv("TONEARM_RAY_ADDRESS", "ray://10.0.0.1:10001")
    with pytest.raises(ValidationError, match=r"such as 10\.0\.0\.1:6379"):
        Settings()
    monkeypatch.setenv("TONEARM_RAY_ADDRESS", "10.0.0.1:6379")
    assert Settings().ray_workers == Range(1, 64)
    monkeypatch.setenv("TONEARM_RAY_NETWORK_NEEDS", "GPU=0.5, fast=1")
    with pytest.raises(ValidationError, match="set TONEARM_RAY_NETWORK_WORKERS too"):
        Settings()
    monkeypatch.setenv("TONEARM_RAY_NETWORK_WORKERS", "2")
    settings = Settings()
    assert (settings.ray_network_workers, settings.ray_network_needs) == (Range(2, 2), {"GPU": 0.5, "fast": 1.0})


@pytest.mark.parametrize("value", ["0", "4-2", "2-", "many", "1-99999", "-3"])
def test_what_is_no_range_of_workers(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TONEARM_RAY_WORKERS", value)
    with pytest.raises(ValidationError, match="such as 2-8"):
        Settings()


@pytest.mark.parametrize("value", ["GPU", "GPU=", "GPU=-1", "=1"])
def test_what_are_no_needs(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TONEARM_RAY_NETWORK_NEEDS", value)
    with pytest.raises(ValidationError, match=r"such as GPU=0\.5"):
        Settings()
