"""Files and other systems become records; what does not fit is quarantined."""
