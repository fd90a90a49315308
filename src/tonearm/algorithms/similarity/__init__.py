"""What a track sounds like in numbers that can be compared: timbre, rhythm, harmony and dynamics.

Each describes a track by statistics that are added up frame by frame, so that memory does not grow. None of them
depends on the level, on the key or on the tuning. `projection` makes one vector of them.
"""
