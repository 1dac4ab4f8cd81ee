"""Pages of evaluation: self reports, ratings, a report of it all."""
