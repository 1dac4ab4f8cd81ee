"""Stand-ins 代理审批人: somebody acts for another for a time, and the log names both."""
