"""Signing by Polymarket's own library, an optional extra. Imported in workers, by ``signers`` alone.

Amounts are reckoned here, in decimals: the library's own are of floats.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Final

from py_clob_client_v2.clob_types import ApiCreds, RequestArgs
from py_clob_client_v2.config import get_contract_config
from py_clob_client_v2.headers.headers import create_level_2_headers
from py_clob_client_v2.order_utils import ExchangeOrderBuilderV2, Side, SignatureTypeV2
from py_clob_client_v2.order_utils.model.order_data_v2 import (
    OrderDataV2,
    SignedOrderV2,
    order_to_json_v2,
)
from py_clob_client_v2.signer import Signer as Wallet

from trading.domain import vocabulary
from trading.domain.live import Terms
from trading.polymarket.signers import BadKeys, Keys, SignedOrder

POLYGON: Final = 137


class LibrarySigner:
    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._wallet = Wallet(keys.private_key, POLYGON)
        self._credentials = ApiCreds(keys.api_key, keys.api_secret, keys.api_passphrase)
        self._contracts = get_contract_config(POLYGON)

    def sign(self, terms: Terms) -> SignedOrder:
        contract = (
            self._contracts.neg_risk_exchange_v2 if terms.is_negative_risk else self._contracts.exchange_v2
        )
        builder = ExchangeOrderBuilderV2(contract, POLYGON, self._wallet, domain_version="2")
        kind = SignatureTypeV2(self._keys.signature_type)
        signs_itself = kind is SignatureTypeV2.POLY_1271
        order = builder.build_order(
            OrderDataV2(
                maker=self._keys.funder,
                tokenId=terms.token,
                makerAmount=str(terms.maker_amount),
                takerAmount=str(terms.taker_amount),
                side=Side.BUY if terms.side is vocabulary.Side.BUY else Side.SELL,
                signer=self._keys.funder if signs_itself else self._wallet.address(),
                signatureType=kind,
                timestamp=str(time.time_ns() // 1_000_000),
                expiration=str(terms.expires_at),
            )
        )
        typed = builder.build_order_typed_data(order)
        signed = SignedOrderV2(**{**asdict(order), "signature": builder.build_order_signature(typed)})
        wire = order_to_json_v2(signed, self._keys.api_key, terms.order_type)
        body = json.dumps(wire, separators=(",", ":"), ensure_ascii=False)
        return SignedOrder(builder.build_order_hash(typed), body)

    def headers(self, method: str, path: str, body: str = "") -> dict[str, str]:
        asked = RequestArgs(method=method, request_path=path, serialized_body=body or None)
        found: dict[str, str] = create_level_2_headers(self._wallet, self._credentials, asked)
        return found


def open_signer(keys: Keys) -> LibrarySigner:
    """Raises BadKeys."""
    try:
        signer = LibrarySigner(keys)
        signer.headers("GET", "/")
    except (ValueError, TypeError, AssertionError) as error:
        raise BadKeys("The wallet's keys cannot sign. Enter them anew.") from error
    return signer
