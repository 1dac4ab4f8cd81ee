"""What every subject stands on: settings, database, column types, clock, languages, logs."""
