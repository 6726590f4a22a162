package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for platform, want := range map[string]string{
		"linux/amd64":   "argen-v1.2.3-linux-amd64",
		"windows/arm64": "argen-v1.2.3-windows-arm64.exe",
	} {
		if got := name("v1.2.3", platform); got != want {
			t.Errorf("name(%s) = %s, want %s", platform, got, want)
		}
	}
}

// write makes a file and its folder.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The second build reads the source and nothing that a build left behind.
func TestCopySource(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"go.mod", "cmd/argen/main.go", "model/a/weights.bin", ".git/config", "bin/argen", "dist/argen"} {
		write(t, path, path)
	}
	copied := filepath.Join(t.TempDir(), "source")
	if err := copySource(copied); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"go.mod": true, "cmd/argen/main.go": true, "model/a/weights.bin": true,
		".git": false, "bin": false, "dist": false,
	} {
		if _, err := os.Stat(filepath.Join(copied, path)); (err == nil) != want {
			t.Errorf("%s: copied = %v, want %v", path, err == nil, want)
		}
	}
}

func TestLicence(t *testing.T) {
	folder := t.TempDir()
	if _, err := licence(folder); err == nil {
		t.Error("a module without a licence passes")
	}
	write(t, filepath.Join(folder, "License.txt"), "Do as you like.\r\n")
	write(t, filepath.Join(folder, "NOTICE"), "Made by A.\n")
	write(t, filepath.Join(folder, "main.go"), "package main\n")
	text, err := licence(folder)
	if err != nil || !strings.Contains(text, "Do as you like.\n") || !strings.Contains(text, "Made by A.") || strings.Contains(text, "package") {
		t.Errorf("licence = %q, %v", text, err)
	}
}
