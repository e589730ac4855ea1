"""The office's pages of answers, what readers say of their letter and ask, and the public stage reports."""

from app.feedback.pages.answers import router as answers
from app.feedback.pages.collective import router as collective
from app.feedback.pages.letter_texts import router as letter_texts
from app.feedback.pages.letters import router as letters
from app.feedback.pages.questions import router as questions
from app.feedback.pages.reports import router as reports
from app.feedback.pages.samples import router as samples
from app.feedback.pages.sending import router as sending

ROUTERS = [answers, letters, letter_texts, questions, reports, collective, samples, sending]
