"""Who may do what to whose data, decided in one place."""
