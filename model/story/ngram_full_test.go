//go:build full

package story

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The generator makes the embedded file again, on one processor and on many.
func TestNGramIsMadeAgain(t *testing.T) {
	for _, processors := range []string{"1", "4"} {
		out := filepath.Join(t.TempDir(), "story.ngram")
		cmd := exec.Command("go", "run", "ngram_generate.go", "-o", out)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+processors)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, msg)
		}
		again, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, ngramFile) {
			t.Errorf("with %s processors the generator writes %d bytes that differ from story.ngram", processors, len(again))
		}
	}
}
