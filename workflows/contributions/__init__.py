"""Help that others confirm: assists 协助成交 and sharing sessions 经验分享."""
