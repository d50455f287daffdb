"""Telling people: occasions become notifications, notifications become mails, webhooks and pushes.

``expanding`` works out who hears of an occasion, ``messages`` what they are told, ``delivering`` sends
it, again and again where it must, and one module per medium knows how.
"""
