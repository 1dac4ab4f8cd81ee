"""The demo's year played with everything that a review year has: goals to appeals, day by day."""
