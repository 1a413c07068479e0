"""The control API below `/_mock`: worlds, clock, faults, records and switches of a running mock."""
