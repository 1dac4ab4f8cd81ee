"""What holds of a record beyond what its source says: the credits that people agreed on."""
