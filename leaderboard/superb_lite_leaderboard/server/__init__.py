"""The leaderboard over HTTP, for reading."""
