"""What holds for meetings, for who may come, for attendance and for minutes, in plain Python."""
