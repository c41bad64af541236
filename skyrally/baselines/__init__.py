"""What improves agents: one file per algorithm family, pure functions for returns and losses."""
