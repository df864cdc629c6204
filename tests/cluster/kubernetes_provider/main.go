// Command kubernetes_provider is Pulumi's provider for Kubernetes, with Helm inside. With the argument `render` it only
// renders a chart, by that same Helm. It goes when the engine is gone, also a killed one, which cannot say goodbye.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func goWithParent() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(time.Second)
	}
	os.Exit(0)
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "render" {
		renderOrFail()
		return
	}
	go goWithParent()
	// Its repository generates the schema and does not keep it. A program never asks for it: only tools that write SDKs do.
	schema := fmt.Sprintf(`{"name": "kubernetes", "version": %q}`, version.Version)
	provider.Serve("kubernetes", version.Version, []byte(schema), []byte("{}"))
}
