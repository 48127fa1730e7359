"""The commands that a leaderboard brings: `submit`, `run`, `leaderboard show` and `leaderboard export`."""
