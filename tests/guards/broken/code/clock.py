import datetime as dt
import time
from datetime import date, datetime


def three_readings_that_nobody_can_move():
    return datetime.now(dt.UTC), time.time(), date.today()


def the_database_reads_it_for_us(func):
    return func.now()
