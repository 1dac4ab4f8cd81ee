"""Results confirmed 业绩核对: everybody's own list of records, answered before the lock."""
