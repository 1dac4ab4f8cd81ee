"""Pages of calibration sessions: the board, what is asked before each step, the minutes."""
