"""The append-only ledger of grants."""
