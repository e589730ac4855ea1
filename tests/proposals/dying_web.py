"""The web process of the kill test: the program itself on a given database and port, without limits per address."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from app.main import create_app
from app.settings import Settings


def main() -> None:
    url, var, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    settings = Settings(
        database_url=url, var=var, secret_key="k" * 40, mail="memory", base_url=f"http://127.0.0.1:{port}"
    )
    app = create_app(settings)
    app.state.house.limits.is_on = False
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="critical")


if __name__ == "__main__":
    main()
