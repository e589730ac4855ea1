import os
import subprocess

from sqlalchemy import text


def five_doors_for_somebody_elses_sql(session, word):
    session.execute(text(f"SELECT * FROM proposals WHERE title = '{word}'"))
    session.execute(text("SELECT * FROM proposals ORDER BY " + word))
    session.execute(text("SELECT * FROM proposals ORDER BY %s" % word))
    session.execute("SELECT * FROM proposals ORDER BY {}".format(word))
    session.execute(f"DELETE FROM {word}")  # waiver: quick


def three_doors_for_somebody_elses_command(name):
    os.system("convert " + name)
    subprocess.run(f"convert {name}", shell=True)
    eval(name)
