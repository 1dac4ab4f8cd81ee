"""What a record is, beyond what its source says of it: agreed credits, finance's figures."""
