"""Where the benchmark runs: production settings, a database of its own, and a description of the machine."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

OUT = Path(__file__).parent / "out"
INVOICES = 300


def choose(entries: int, invoices: int = INVOICES) -> None:
    """Set the environment before the settings are read: DEBUG off, an own database for each size.

    With DB_HOST it is a MariaDB or MySQL database whose name must say that it may be thrown away.
    """
    OUT.mkdir(exist_ok=True)
    size = named(entries, invoices)
    os.environ.update(DJANGO_SETTINGS_MODULE="workhub.settings", DEBUG="0", HTTPS="0", EMAIL_URL="", REDIS_URL="")
    if os.environ.setdefault("DB_HOST", ""):
        os.environ["DB_NAME"] = f"{os.environ.get('DB_NAME', 'workhub_bench')}_{size}"
        if "bench" not in os.environ["DB_NAME"]:
            raise SystemExit("The benchmark empties its database. Choose a DB_NAME with the word bench in it.")
    else:
        os.environ["SQLITE_PATH"] = str(OUT / f"{size}.sqlite3")


def named(entries: int, invoices: int) -> str:
    """What is called by the size of the data: its database, and the figures taken on it."""
    return str(entries) if invoices == INVOICES else f"{entries}_{invoices}"


def empty_database() -> None:
    """Throw the benchmark's database away and make it anew, with all tables."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        for path in OUT.glob(f"{Path(os.environ['SQLITE_PATH']).name}*"):
            path.unlink()
    else:
        _recreate(os.environ["DB_NAME"])
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _recreate(name: str) -> None:
    import MySQLdb

    server = MySQLdb.connect(
        host=os.environ["DB_HOST"],
        port=int(os.environ.get("DB_PORT", "3306")),
        user=os.environ.get("DB_USER", "workhub"),
        password=os.environ.get("DB_PASSWORD", ""),
    )
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    server.close()


def database() -> str:
    """The database engine with its version, for example `SQLite 3.40.1`."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return f"SQLite {'.'.join(map(str, connection.Database.sqlite_version_info))}"
    connection.ensure_connection()
    name = "MariaDB" if connection.mysql_is_mariadb else "MySQL"
    return f"{name} {'.'.join(map(str, connection.mysql_version))}"


def machine() -> dict[str, str]:
    """What the figures depend on."""
    return {
        "cpu": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": str(os.cpu_count()),
        "memory": _gigabytes(_first("/proc/meminfo", "MemTotal")),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.platform()),
        "python": platform.python_version(),
        "django": version("django"),
        "gunicorn": version("gunicorn"),
        "database": database(),
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _first(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return ""


def _gigabytes(kilobytes: str) -> str:
    return f"{int(kilobytes.split()[0]) / 1024**2:.0f} GB" if kilobytes else ""
