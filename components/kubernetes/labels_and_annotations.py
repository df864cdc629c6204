"""The labels and annotations that several modules use."""

from __future__ import annotations

from typing import Final

# The annotation of a service account names the identity of its pods. The label on a pod makes the pod use the identity.
# Source: Azure Workload Identity, "Labels and annotations".
CLIENT_ID_ANNOTATION: Final = "azure.workload.identity/client-id"
IDENTITY_LABEL: Final = "azure.workload.identity/use"
# The value of this annotation changes when a secret is rotated. On a pod template, the change restarts the pods. On an
# ExternalSecret, it makes the operator read the vault at once.
ROTATION_ANNOTATION: Final = "airflow-aks/secret-versions"
# The CSI driver sets this label on the Secrets that it writes, and ignores Secrets without it.
DRIVER_LABEL: Final = {"secrets-store.csi.k8s.io/managed": "true"}
# Makes a server-side apply override other managers of the same fields. pulumi-kubernetes, "Managing resources with
# server-side apply".
FORCE_ANNOTATION: Final = {"pulumi.com/patchForce": "true"}
