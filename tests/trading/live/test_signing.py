"""Signing by Polymarket's own library. Skipped where it is not installed, unless EXTRAS says it has to be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from tests.trading.live.scene import SECRETS
from trading.domain.live import Terms
from trading.domain.vocabulary import Side
from trading.polymarket.signers import BadKeys, Keys, open_signer

IS_THERE = find_spec("py_clob_client_v2") is not None
IS_WANTED = "live" in os.environ.get("EXTRAS", "").split()
needs_library = pytest.mark.skipif(not IS_THERE and not IS_WANTED, reason="make live")
TERMS = Terms("71321", Side.SELL, 10_000_000, 5_000_000, "GTD", 1_795_305_600, False)


@pytest.fixture(autouse=True)
def recursion_limit_kept() -> Iterator[None]:
    """What these tests import of the library lifts it for the process, and for all tests after them."""
    limit = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(limit)


def keys(**more: Any) -> Keys:
    from eth_account import Account

    wallet = Account.from_key(SECRETS["private_key"]).address
    return Keys(**{"funder": wallet, "signature_type": 0, **SECRETS, **more})


@needs_library
def test_an_order_is_signed_by_its_wallet_and_named_by_its_hash() -> None:
    from eth_account import Account
    from eth_account.messages import encode_typed_data
    from py_clob_client_v2.config import get_contract_config
    from py_clob_client_v2.order_utils import ExchangeOrderBuilderV2, SignatureTypeV2
    from py_clob_client_v2.order_utils import Side as Theirs
    from py_clob_client_v2.order_utils.model.order_data_v2 import OrderV2
    from py_clob_client_v2.signer import Signer

    mine = keys()
    signed = open_signer(mine).sign(TERMS)
    body = json.loads(signed.body)
    order = body["order"]
    assert (body["owner"], body["orderType"], order["expiration"]) == (mine.api_key, "GTD", "1795305600")
    assert (order["makerAmount"], order["takerAmount"], order["side"]) == ("10000000", "5000000", "SELL")
    assert (order["maker"], order["signer"], order["tokenId"]) == (mine.funder, mine.funder, "71321")

    fields = {key: order[key] for key in ("maker", "signer", "tokenId", "makerAmount", "takerAmount")}
    told = OrderV2(
        **fields, salt=str(order["salt"]), side=Theirs.SELL, signatureType=SignatureTypeV2.EOA,
        timestamp=order["timestamp"], metadata=order["metadata"], builder=order["builder"],
    )  # fmt: skip
    contract = get_contract_config(137).exchange_v2
    builder = ExchangeOrderBuilderV2(contract, 137, Signer(mine.private_key, 137), domain_version="2")
    typed = builder.build_order_typed_data(told)
    assert builder.build_order_hash(typed) == signed.exchange_id
    who = Account.recover_message(encode_typed_data(full_message=typed), signature=order["signature"])
    assert who == mine.funder


@needs_library
def test_two_orders_of_the_same_terms_are_two() -> None:
    signer = open_signer(keys())
    assert signer.sign(TERMS).exchange_id != signer.sign(TERMS).exchange_id


@needs_library
def test_a_question_proves_who_asks_and_tells_no_secret() -> None:
    headers = open_signer(keys()).headers("DELETE", "/order", '{"orderID":"0x1"}')
    assert set(headers) == {
        "POLY_ADDRESS", "POLY_SIGNATURE", "POLY_TIMESTAMP", "POLY_API_KEY", "POLY_PASSPHRASE",
    }  # fmt: skip
    assert SECRETS["private_key"] not in str(headers)
    assert SECRETS["api_secret"] not in str(headers)


@needs_library
def test_keys_that_cannot_sign_are_told_as_such() -> None:
    with pytest.raises(BadKeys):
        open_signer(keys(api_secret="not base64!"))


def test_what_signs_is_not_loaded_where_pages_are_served() -> None:
    ours = "trading.polymarket.signing"
    code = (
        "import django, sys; django.setup(); import orchestrator.urls, orchestrator.asgi; "
        f"print([each for each in sys.modules if each.startswith(('py_clob', 'eth_', '{ours}'))])"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "orchestrator.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


_DEEP = """
import sys
from trading.domain.errors import BadWire
from trading.polymarket.signers import BadKeys, Keys, open_signer
from trading.polymarket.wire.values import parse

before = sys.getrecursionlimit()
try:
    open_signer(Keys("", 0, "", "", "", ""))
except BadKeys:
    pass
assert "py_ecc" in sys.modules
try:
    parse("[" * 100_000)
except BadWire:
    print(sys.getrecursionlimit() == before)
"""


@needs_library
def test_a_worker_that_signs_still_refuses_json_nested_too_deeply() -> None:
    told = subprocess.run([sys.executable, "-c", _DEEP], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "True\n"), told.stderr
