"""The ports that Azure's services listen on. They are Azure's to choose."""

from __future__ import annotations

from typing import Final

# Azure Managed Redis, "Network configuration".
BROKER: Final = 10000
# Azure Database for PostgreSQL, "PgBouncer": the server itself, and the pooler that runs on it.
SERVER: Final = 5432
SERVER_POOLER: Final = 6432
