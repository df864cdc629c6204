"""What Airflow has to know of the gateway in front of it: its public address, and whose headers it may believe."""

from __future__ import annotations

from typing import Any, Final

from components.airflow.line_family import LineFamily
from components.azure.subnet_plan import POD_CIDR

# uvicorn reads the addresses of trusted proxies from this variable, and only with --proxy-headers: the proxies' pods.
_COMMAND: Final = f"export FORWARDED_ALLOW_IPS={POD_CIDR}\nexec airflow api-server --proxy-headers"


def address_values(line: LineFamily, address: str | None) -> dict[str, Any]:
    """Return the values for a public https address; none without one.

    The chart reads the path of the address from the option, for the probes and for the address that tasks call. The
    options of proxies make redirects and links begin with the address that the client used, cookies are sent with
    HTTPS only.
    """
    if address is None:
        return {}
    place, behind_proxy = line.address_options
    options: dict[str, dict[str, str]] = {place: {"base_url": address}}
    options.setdefault(behind_proxy, {}).update({"cookie_secure": "True", "enable_proxy_fix": "True"})
    command = {"apiServer": {"args": ["bash", "-c", _COMMAND]}} if line.serves_with_uvicorn else {}
    return {"config": options, **command}
