package main

import (
	"encoding/json"
	"io"
	"os"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
)

// What a release of a chart consists of, without any cluster.
type request struct {
	Chart       string         `json:"chart"`
	Release     string         `json:"release"`
	Namespace   string         `json:"namespace"`
	KubeVersion string         `json:"kubeVersion"`
	Values      map[string]any `json:"values"`
}

type manifest struct {
	Path string `json:"path"`
	Text string `json:"text"`
	Hook bool   `json:"hook"`
}

// render reads a request and writes a list of manifests, both as JSON, by the Helm that the provider has inside. Values
// that the chart's schema refuses are an error.
func render(in io.Reader, out io.Writer) error {
	var asked request
	if err := json.NewDecoder(in).Decode(&asked); err != nil {
		return err
	}
	version, err := chartutil.ParseKubeVersion(asked.KubeVersion)
	if err != nil {
		return err
	}
	chart, err := loader.Load(asked.Chart)
	if err != nil {
		return err
	}
	install := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	install.ReleaseName, install.Namespace = asked.Release, asked.Namespace
	install.DryRun, install.ClientOnly, install.IncludeCRDs = true, true, true
	install.KubeVersion = version
	release, err := install.Run(chart, asked.Values)
	if err != nil {
		return err
	}
	manifests := []manifest{{Path: chart.Name(), Text: release.Manifest}}
	for _, hook := range release.Hooks {
		manifests = append(manifests, manifest{Path: hook.Path, Text: hook.Manifest, Hook: true})
	}
	return json.NewEncoder(out).Encode(manifests)
}

func renderOrFail() {
	if err := render(os.Stdin, os.Stdout); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}
