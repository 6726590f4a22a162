//go:build full

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen/model/story"
)

// Twenty times kill -9, of stories and of a text, whose tokenizer and tokens
// are killed at work too.
func TestKilledTrainingOften(t *testing.T) {
	killTraining(t, 20, append(shortTraining, "--steps", "200"))
}

func TestKilledTrainingOfText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.txt")
	var b strings.Builder
	for i := range 4000 {
		ids, err := story.Default().Sample(rand.New(rand.NewPCG(3, uint64(i))))
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(storyTokenizer().Decode(ids) + "\n\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	killTraining(t, 20, []string{
		"train", "transformer", path, "--steps", "60", "--hidden", "16", "--layers", "1", "--batch", "4", "--context", "32",
		"--every", "4", "--validate-every", "20", "--seed", "1", "-q",
	})
}
