"""Pages where people confirm their records, claim deals and report figures."""
