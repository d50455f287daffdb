"""``manage.py rotate_keys``: writes every encrypted value anew under the first of FIELD_ENCRYPTION_KEYS."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from orchestrator.core.encryption import (
    CannotDecrypt,
    EncryptedBytesField,
    EncryptedField,
    Sealed,
    SealedBytes,
    rotations,
)

BATCH: Final = 500
FILES_AT_ONCE: Final = 10
"""Each may have some megabytes."""


_ENCRYPTED: Final = (EncryptedField, EncryptedBytesField)


class Command(BaseCommand):
    help = "Re-encrypt all stored secrets with the newest key. Safe to repeat, and to run beside the server."

    def handle(self, *args: Any, **options: Any) -> None:
        total = lost = 0
        for model in apps.get_models():
            names = [field.name for field in model._meta.fields if isinstance(field, _ENCRYPTED)]
            if names and model._meta.managed and not model._meta.proxy:
                done, unreadable = _rotate_table(model, names)
                total, lost = total + done, lost + unreadable
                self.stdout.write(f"{model._meta.label}: {done} re-encrypted, {unreadable} unreadable")
        for name, rewrite in rotations.items():
            done, unreadable = rewrite()
            total, lost = total + done, lost + unreadable
            self.stdout.write(f"{name}: {done} re-encrypted, {unreadable} unreadable")
        if lost:
            raise CommandError(
                f"{lost} values cannot be read with the keys given and were left as they are. "
                "Add the key that they were encrypted with, and repeat."
            )
        self.stdout.write(f"{total} values are under the newest key; older keys may now be removed.")


def _rotate_table(model: type[models.Model], names: list[str]) -> tuple[int, int]:
    """(values written anew, values that no key opens), a batch of locked rows at a time."""
    done = lost = 0
    last: Any = None
    has_files = any(isinstance(model._meta.get_field(name), EncryptedBytesField) for name in names)
    size = FILES_AT_ONCE if has_files else BATCH
    while True:
        with transaction.atomic():
            rows = model._base_manager.select_for_update().order_by("pk").only("pk", *names)
            batch = list((rows.filter(pk__gt=last) if last is not None else rows)[:size])
            for row in batch:
                good, bad = _rotate_row(row, names)
                done, lost = done + good, lost + bad
        if not batch:
            return done, lost
        last = batch[-1].pk


def _rotate_row(row: models.Model, names: list[str]) -> tuple[int, int]:
    changed, lost = [], 0
    for name in names:
        value = getattr(row, name)
        if not isinstance(value, Sealed | SealedBytes):
            continue
        try:
            setattr(row, name, value.rotated())
        except CannotDecrypt:
            lost += 1
        else:
            changed.append(name)
    if changed:
        row.save(update_fields=changed)
    return len(changed), lost
