from sqlalchemy import text


def pause(work, process):
    process.paused_at = work.now


def admit_past_the_orm(work, process):
    work.session.execute(text("UPDATE proposals SET is_public = :yes"), {"yes": True})
