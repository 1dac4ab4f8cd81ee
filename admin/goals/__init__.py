"""Goal plans as pages: the plan, each goal's tree, the year's grid, and agreeing with people."""
