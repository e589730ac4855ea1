"""The report of a filter and the papers of a session: the same rows as page, PDF, XLSX and ODS, in their time only."""

from __future__ import annotations

import re
from fractions import Fraction
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from app.decisions import actions as decisions
from app.forum import actions
from app.forum.actions import Line, LeftRule
