from app.proposals import actions  # slice: models above actions
