from app.proposals import pages  # pages
