"""Worker processes that sign live orders as the stand-in of the library does."""

from importlib import import_module

from tests.trading.live.signing import PretendSigner

vars(import_module("trading.services.live.accounts"))["open_signer"] = PretendSigner
