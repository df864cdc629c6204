// Command kubernetes_provider is Pulumi's provider for Kubernetes, with Helm inside. With the argument `render` it only
// renders a chart, by that same Helm.
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "render" {
		renderOrFail()
		return
	}
	// Its repository generates the schema and does not keep it. A program never asks for it: only tools that write SDKs do.
	schema := fmt.Sprintf(`{"name": "kubernetes", "version": %q}`, version.Version)
	provider.Serve("kubernetes", version.Version, []byte(schema), []byte("{}"))
}
