//go:build unix

package transformer

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"argen/internal/mapped"
)

// Weights whose file is cut short are an error, whoever of a crew finds it, and
// the crew is there for the next work.
func TestCrewSurvivesMissingWeights(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	data, unmap, err := mapped.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer unmap()
	var c crew
	c.threads = 4
	var sum atomic.Int64
	work := func() error {
		c.run(256, 1, func(from, to int) {
			for _, b := range data[from<<12 : to<<12] {
				sum.Add(int64(b) + 1)
			}
		})
		return nil
	}
	if err := mapped.Guard(work); err != nil || sum.Load() != 1<<20 {
		t.Fatalf("%d bytes were seen, error %v", sum.Load(), err)
	}
	for range 20 {
		if err := os.Truncate(path, 1<<19); err != nil {
			t.Fatal(err)
		}
		if err := mapped.Guard(work); !errors.Is(err, mapped.ErrGone) {
			t.Fatalf("error %v", err)
		}
		if err := os.Truncate(path, 1<<20); err != nil { // the pages are there again, empty
			t.Fatal(err)
		}
		sum.Store(0)
		if err := mapped.Guard(work); err != nil || sum.Load() != 1<<20 {
			t.Fatalf("%d bytes were seen, error %v", sum.Load(), err)
		}
	}
}

// A state whose weights are gone says so and stays where it was.
func TestStateWithoutWeights(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/llama-untied")); err != nil {
		t.Fatal(err)
	}
	m, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := m.Start().(*State)
	if _, err := s.Extend(t.Context(), 1, 2, 3); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "model.safetensors"), 4096); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Extend(t.Context(), 4); !errors.Is(err, mapped.ErrGone) || s.Len() != 3 {
			t.Errorf("error %v, %d tokens", err, s.Len())
		}
		if _, err := s.Score(t.Context(), 4, 5); !errors.Is(err, mapped.ErrGone) || s.Len() != 3 {
			t.Errorf("error %v, %d tokens", err, s.Len())
		}
		if _, err := s.Hidden(t.Context(), 0, 0); !errors.Is(err, mapped.ErrGone) {
			t.Errorf("error %v", err)
		}
	}
}
