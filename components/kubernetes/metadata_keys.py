"""The labels and annotations that several modules use."""

from __future__ import annotations

from typing import Final

# On a service account: the identity that its pods use. On a pod: it uses that identity. Azure Workload Identity,
# "Labels and annotations".
CLIENT_ID_ANNOTATION: Final = "azure.workload.identity/client-id"
IDENTITY_LABEL: Final = "azure.workload.identity/use"
# Its value changes when a secret is rotated. On a pod template it restarts the pods, on an ExternalSecret it makes the
# operator read the vault at once.
ROTATION_ANNOTATION: Final = "airflow-aks/secret-versions"
# The CSI driver sets it on the Secrets that it writes, and ignores Secrets without it.
DRIVER_LABEL: Final = {"secrets-store.csi.k8s.io/managed": "true"}
