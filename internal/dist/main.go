// Dist builds the release: one static binary a platform, the licences of what
// is linked into it, and SHA256SUMS.
//
//	go run ./internal/dist -version v1.2.3 -o dist
//
// Every binary is built twice and must come out the same to the last byte: the
// second time from a copy of the source in another directory, and for this
// machine's own platform with an empty build cache too. So whoever has the
// source and the same Go can check a binary against SHA256SUMS.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// platforms are what a release is built for: GOOS/GOARCH.
var platforms = []string{
	"linux/amd64", "linux/arm64",
	"darwin/amd64", "darwin/arm64",
	"windows/amd64", "windows/arm64",
}

// thirdParty is the file of the licences.
const thirdParty = "THIRD-PARTY.txt"

func main() {
	version := flag.String("version", "dev", "the version the binaries report")
	out := flag.String("o", "dist", "directory of the release")
	flag.Parse()
	if err := release(*version, *out); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func release(version, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "argen-dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	source := filepath.Join(scratch, "source")
	if err := copySource(source); err != nil {
		return err
	}
	var sums strings.Builder
	for _, platform := range platforms {
		name := name(version, platform)
		first, err := build(".", filepath.Join(out, name), version, platform, "")
		if err != nil {
			return err
		}
		cache := "" // the one of the first build
		if platform == runtime.GOOS+"/"+runtime.GOARCH {
			cache = filepath.Join(scratch, "cache")
		}
		second, err := build(source, filepath.Join(scratch, name), version, platform, cache)
		if err != nil {
			return err
		}
		if !bytes.Equal(first, second) {
			return fmt.Errorf("%s: a second build gave other bytes; look for what it takes from its directory, the time or the build cache", name)
		}
		line := fmt.Sprintf("%x  %s\n", sha256.Sum256(first), name)
		fmt.Printf("%s  %.1f MB, built twice to the same bytes\n", strings.TrimSpace(line), float64(len(first))/1e6)
		sums.WriteString(line)
	}
	texts, err := licences()
	if err != nil {
		return err
	}
	fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256([]byte(texts)), thirdParty)
	return errors.Join(
		os.WriteFile(filepath.Join(out, thirdParty), []byte(texts), 0o644),
		os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o644))
}

// name is the file name of a binary: argen-v1.2.3-windows-arm64.exe.
func name(version, platform string) string {
	name := "argen-" + version + "-" + strings.ReplaceAll(platform, "/", "-")
	if strings.HasPrefix(platform, "windows/") {
		name += ".exe"
	}
	return name
}

// build compiles the module in dir for a platform and returns the binary.
func build(dir, binary, version, platform, cache string) ([]byte, error) {
	goos, goarch, _ := strings.Cut(platform, "/")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X argen.Version="+version, "-o", binary, "./cmd/argen")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	if cache != "" {
		cmd.Env = append(cmd.Env, "GOCACHE="+cache)
	}
	if msg, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: go build: %w\n%s", platform, err, msg)
	}
	return os.ReadFile(binary)
}

// copySource copies what the build reads to dst: the module without what
// stands in dot-folders, bin and dist.
func copySource(dst string) error {
	entries, err := os.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dst, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), ".") || e.Name() == "bin" || e.Name() == "dist":
		case e.IsDir():
			err = os.CopyFS(path, os.DirFS(e.Name()))
		case e.Type().IsRegular():
			err = copyFile(path, e.Name())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(dst, src string) error {
	data, err := os.ReadFile(src)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return err
	}
	return os.WriteFile(dst, data, 0o644)
}
