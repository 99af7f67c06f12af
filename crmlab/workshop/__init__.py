"""A workshop as it is planned and held: schedules, the instructor's booklet, slides."""
