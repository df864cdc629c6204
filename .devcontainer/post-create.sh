#!/usr/bin/env bash
# Installs what the image and its feature lack: the Pulumi CLI of the SDK in requirements.txt, kubectl, the kubelogin of
# charts/pins.yaml, and the packages of the program. The image has Python and git, the feature is the Azure CLI.
set -euo pipefail
cd "$(dirname "$0")/.."

pulumi_version="$(sed -n 's/^pulumi==\([0-9.]*\).*/\1/p' requirements.txt)"
kubelogin_version="$(sed -n 's/^ *kubelogin: {.*tag: v\([0-9.]*\).*/\1/p' charts/pins.yaml)"
: "${pulumi_version:?requirements.txt does not pin pulumi}"
: "${kubelogin_version:?charts/pins.yaml does not pin kubelogin}"

curl -fsSL https://get.pulumi.com | sh -s -- --version "$pulumi_version"
sudo az aks install-cli --kubelogin-version "$kubelogin_version"
make .venv/.runtime
