// Calls an address as git-sync, External Secrets and cert-manager do: by the environment alone. With several arguments,
// it prints the proxy of each instead.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) > 2 {
		for _, address := range os.Args[1:] {
			request, _ := http.NewRequest(http.MethodGet, address, nil)
			proxy, err := http.ProxyFromEnvironment(request)
			fmt.Println(address, proxy, err)
		}
		return
	}
	answer, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	content, _ := io.ReadAll(answer.Body)
	if string(content) != "trusted" {
		os.Exit(2)
	}
}
