"""The local leaderboard: a store of entries, their ranking, and what is shown of it.

board.py: what the core board ranks by. store.py: `Leaderboard`, entries in a database. submission.py: what may be
stored. ranking.py: scores, intervals and rank intervals. page.py: one HTML file. table.py: the same for a terminal.
"""
