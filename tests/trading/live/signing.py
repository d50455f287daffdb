"""Stands in for the optional library that signs: no wallet, no curve, an id made of the order's body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from trading.domain.live import Terms
from trading.polymarket.signers import Keys, SignedOrder


@dataclass
class PretendSigner:
    keys: Keys

    def sign(self, terms: Terms) -> SignedOrder:
        order = {
            "salt": uuid4().int % 10**12,
            "maker": self.keys.funder,
            "tokenId": terms.token,
            "makerAmount": str(terms.maker_amount),
            "takerAmount": str(terms.taker_amount),
            "side": terms.side.value.upper(),
            "expiration": str(terms.expires_at),
            "signature": "0xpretended",
        }
        body = json.dumps({"order": order, "owner": self.keys.api_key, "orderType": terms.order_type})
        return SignedOrder(f"0x{sha256(body.encode()).hexdigest()}", body)

    def headers(self, method: str, path: str, body: str = "") -> dict[str, str]:
        return {"POLY_API_KEY": self.keys.api_key, "POLY_SIGNATURE": "pretended"}
