"""The leaderboard as pages of HTML."""
