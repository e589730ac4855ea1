import sqlalchemy  # rules
