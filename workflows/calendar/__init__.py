"""Working days: those of the country, with the organisation's own before them."""
