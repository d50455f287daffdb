"""The ASGI application: pages and API by Django, the live feed by Channels."""

import os
import warnings

import django

from orchestrator.config import declare_web_process
from orchestrator.sharing import share_metrics

declare_web_process()
share_metrics()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
# WhiteNoise answers with synchronous files. Django reads them in a thread, which is right for small ones.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators", Warning)
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - needs the apps to be loaded
from django.urls import path  # noqa: E402

from orchestrator.accounts.sockets import SocketAuthentication  # noqa: E402
from orchestrator.core.asgi import ThreadKeepingHandler, settle_memory  # noqa: E402
from orchestrator.executions.web.feed import FeedConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": ThreadKeepingHandler(),
        "websocket": SocketAuthentication(URLRouter([path("ws/feed/", FeedConsumer.as_asgi())])),
    }
)
settle_memory()
