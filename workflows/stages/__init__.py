"""What a policy says of its stages: until when one lasts, who is reminded, what silence does."""
