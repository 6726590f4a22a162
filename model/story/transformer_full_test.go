//go:build full

package story_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"argen/internal/tensor"
)

// The first hundred steps of the generator end in the bytes of the embedded
// snapshot, on one processor and on many and with each SIMD kernel. Plain Go
// rounds products before it adds them, so it ends elsewhere, but always there.
func TestTransformerIsMadeAgain(t *testing.T) {
	want, err := os.ReadFile("story-step100.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if tensor.Kernel() == "go" {
		t.Log("there are no SIMD kernels here: only runs with different processors are compared")
		want = nil
	}
	for _, env := range [][]string{{"GOMAXPROCS=1"}, {"GOMAXPROCS=3", "ARGEN_KERNEL=avx2"}} {
		dir := t.TempDir()
		cmd := exec.Command("go", "run", "transformer_generate.go", "transformer_measure.go", "-until", "100", "-o", dir)
		cmd.Env = append(os.Environ(), env...)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, msg)
		}
		again, err := os.ReadFile(filepath.Join(dir, "story-step100.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = again
		}
		if !bytes.Equal(again, want) {
			t.Errorf("with %v the generator writes %d bytes that differ", env, len(again))
		}
	}
}
