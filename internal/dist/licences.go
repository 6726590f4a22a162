package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// licences returns the licence texts of all modules linked into the program on
// any platform, which must go along with its binaries.
func licences() (string, error) {
	var modules []string // path@version, tab, folder
	for _, platform := range platforms {
		goos, goarch, _ := strings.Cut(platform, "/")
		cmd := exec.Command("go", "list", "-deps", "-f",
			"{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/argen")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("%s: go list: %w", platform, err)
		}
		modules = append(modules, strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })...)
	}
	slices.Sort(modules)
	var b strings.Builder
	b.WriteString("The argen program holds code of the modules below, under these licences.\n")
	for _, m := range slices.Compact(modules) {
		module, folder, _ := strings.Cut(m, "\t")
		text, err := licence(folder)
		if err != nil {
			return "", fmt.Errorf("%s: %w", module, err)
		}
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", module, strings.Repeat("-", len(module)), strings.TrimSpace(text))
	}
	return b.String(), nil
}

// licence returns all that the licence and notice files of a module say.
func licence(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !e.Type().IsRegular() || !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE"}, func(prefix string) bool {
			return strings.HasPrefix(name, prefix)
		}) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
	if len(texts) == 0 {
		return "", fmt.Errorf("no licence file; it cannot be given away with a binary")
	}
	return strings.Join(texts, "\n"), nil
}
