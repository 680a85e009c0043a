"""WorkHub's settings for a browser run: production mode on SQLite, and all that is written goes to E2E_DIR."""

import os
from pathlib import Path

RUN_DIR = Path(os.environ["E2E_DIR"])

# The environment wins over .env, so nothing of a WorkHub that lives in this folder reaches the run.
os.environ.update(
    DB_HOST="",
    SQLITE_PATH=str(RUN_DIR / "workhub.sqlite3"),
    DEBUG="0",
    HTTPS="0",
    REDIS_URL="",
    EMAIL_URL=os.environ.get("E2E_EMAIL_URL", ""),
)

from workhub.settings import *  # noqa: E402, F403

# What a test hashes the server has to know.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
STATIC_ROOT = RUN_DIR / "static"
EMAIL_FILE_PATH = RUN_DIR / "mail"
