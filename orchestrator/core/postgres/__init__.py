"""Django's PostgreSQL backend, told for whom it runs; see core/rls.py."""
