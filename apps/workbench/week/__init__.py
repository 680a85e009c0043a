"""The week grid: one person's time by project or task and by day, filled in by typing durations."""
