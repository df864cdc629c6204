"""Nodes, kubelets, add-ons and operators around a real control plane, in one thread."""

from __future__ import annotations

import threading
import time
import traceback
from typing import Final

from tests.cluster import cert_manager, envoy_gateway, external_secrets_operator, kubelets, nodes, secrets_driver

from .add_ons import AddOns
from .api import Api, NoAnswerError, Object
from .azure_view import AzureView
from .mirror import Mirror

_IDLE_SECONDS = 0.25
# One look at everything answers the changes of this time: most of them come in dozens.
_GATHERING_SECONDS = 0.03
# Every kind that any of them looks at.
KINDS: Final = sorted(
    {
        *kubelets.KINDS,
        *nodes.KINDS,
        *cert_manager.KINDS,
        *envoy_gateway.KINDS,
        *external_secrets_operator.KINDS,
        *secrets_driver.KINDS,
        # Tests wait for these too.
        ("apps/v1", "StatefulSet"),
    }
)


class Played:
    """Everything that AKS, its nodes and the operators' pods would do."""

    def __init__(self, api: Api, mirror: Mirror, azure: AzureView) -> None:
        self.mirror = mirror
        self.add_ons = AddOns(api, azure)
        self.nodes = nodes.Nodes(api, self.mirror, azure)
        self.operator = external_secrets_operator.ExternalSecretsOperator(api, self.mirror, azure)
        self.certificates = cert_manager.CertManager(api, self.mirror)
        self.gateway = envoy_gateway.EnvoyGateway(api, self.mirror, azure)
        self.gateway_operator = external_secrets_operator.ExternalSecretsOperator(
            api, self.mirror, azure, name="external-secrets-gateway", scope="airflow-gateway"
        )
        self.driver = secrets_driver.SecretsDriver(api, self.mirror, azure)
        self.kubelets = kubelets.Kubelets(api, self.mirror, mounts=[self.driver.mount], probes=[self.driver.is_ready])
        self.errors: list[str] = []
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="played cluster")
        self._thread.start()

    def list(self, _: str, kind: str, namespace: str) -> list[Object]:
        """The objects of a kind in a namespace, as the watch knows them: a moment behind, and nothing is asked for."""
        return [item for item in self.mirror.all(kind) if item["metadata"]["namespace"] == namespace]

    def end(self) -> None:
        """Stop, and say what went wrong in the playing itself."""
        self._ended = True
        self.mirror.changed.set()
        self._thread.join(timeout=30)
        if self.errors:
            raise AssertionError(f"the played cluster failed:\n{self.errors[0]}")

    def _run(self) -> None:
        operators = (self.operator, self.gateway_operator, self.gateway, self.certificates)
        parts = (self.add_ons, self.nodes, self.kubelets, self.driver, *operators)
        while not self._ended:
            self.mirror.changed.wait(_IDLE_SECONDS)
            time.sleep(_GATHERING_SECONDS)
            self.mirror.changed.clear()
            for part in parts:
                try:
                    part.step()
                except NoAnswerError:
                    # The API server stands still, or starts again.
                    continue
                except Exception:
                    self.errors.append(traceback.format_exc())


__all__ = ["KINDS", "Played"]
