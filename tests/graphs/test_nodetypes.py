"""Ports that a configuration names, read from configurations that may be anything."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.graphs.nodetypes import PortsAt

RULES = PortsAt(("rules.*.port", "default"))


@pytest.mark.parametrize(
    ("config", "ports"),
    [
        ({}, ()),
        ({"rules": [{"port": "b"}, {"port": "a"}, {"port": "b"}], "default": "a"}, ("b", "a")),
        ({"rules": [{"port": ""}, {"port": 7}, {}, None, "x"], "default": None}, ()),
        ({"rules": {"port": "x"}, "default": "d"}, ("d",)),
    ],
)
def test_ports_are_read_in_order_and_once_and_nothing_raises(
    config: dict[str, Any], ports: tuple[str, ...]
) -> None:
    assert RULES(config) == ports
