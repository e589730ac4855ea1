from app.forum import rules  # stages: proposals stand below the forum
import authlib  # oidc
import fastapi  # http
import sendgrid  # sendgrid
