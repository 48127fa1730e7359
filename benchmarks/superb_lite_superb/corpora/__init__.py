"""The official releases that the task set `superb` reads, in their official folder layouts: one file each."""
