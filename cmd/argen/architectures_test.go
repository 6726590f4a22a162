package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// architectures returns a model of each architecture and each way to store
// numbers: the GGUF files, and folders where there is no file.
func architectures(t *testing.T) []string {
	t.Helper()
	refs, err := filepath.Glob(filepath.Join("..", "..", "model", "testdata", "gguf", "*.gguf"))
	if err != nil || len(refs) < 20 {
		t.Fatalf("%d GGUF files, %v", len(refs), err)
	}
	for i, ref := range refs {
		if refs[i], err = filepath.Abs(ref); err != nil {
			t.Fatal(err)
		}
	}
	gemma, err := os.ReadFile(filepath.Join("testdata", "gemma.tokenizer.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(gemma))
	if err == nil {
		gemma, err = io.ReadAll(z)
	}
	if err != nil {
		t.Fatal(err)
	}
	folders := filepath.Join("..", "..", "model", "transformer", "testdata")
	llama, err := os.ReadFile(filepath.Join(folders, "llama-untied", "tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tok := range map[string][]byte{"gemma2": gemma, "gemma3": gemma, "mistral": llama} {
		dir := filepath.Join(t.TempDir(), name)
		err := os.CopyFS(dir, os.DirFS(filepath.Join(folders, name)))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "tokenizer.json"), tok, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, dir)
	}
	return refs
}

// TestArchitectures runs every command that takes a model on each of them.
func TestArchitectures(t *testing.T) {
	for _, ref := range architectures(t) {
		t.Run(filepath.Base(ref), func(t *testing.T) { everyCommand(t, ref) })
	}
}

func everyCommand(t *testing.T, ref string) {
	const text = "The dog (12) ran."
	t.Chdir(t.TempDir())
	contains := func(want string, args ...string) {
		t.Helper()
		if got := succeed(t, "", args...); !strings.Contains(got, want) {
			t.Errorf("%v: no %q in\n%s", args, want, got)
		}
	}
	contains("parameters", "info", ref)
	contains("Append: ", "step", "-m", ref, "--plain", "--seed", "1", "-n", "2", "--top-k", "5", "--why", "#70", text)
	contains("", "generate", "-m", ref, "--seed", "1", "-n", "6", "--top-p", "0.9", "--log", "run.jsonl", text)
	contains(" holds, 6 steps are as logged", "verify", "--identities", "run.jsonl")
	contains("Append: ", "step", "--plain", "--replay", "run.jsonl")
	for _, chart := range []string{"next", "heat", "surprisal", "stages"} {
		succeed(t, "", "plot", chart, "run.jsonl", "--quiet", "-o", chart+".svg")
	}
	contains("others", "tree", "-m", ref, "--depth", "2", "--beams", "2", text)
	contains("Edited, the same dice", "step", "-m", ref, "--edit", "1=#70", "--seed", "3", "-n", "4", text)
	contains("the logit lens", "score", "-m", ref, "--inside", "3", text)
	contains("self-BLEU", "compare", "-m", ref, "--samples", "2", "-n", "5", "--strategy", "temperature=1", "--strategy", "top_k=5", "--quiet", text)
	contains(" removed", "sample", "-m", ref, "--top-k", "3", "--seed", "1", "--draws", "4", text)
	for _, search := range [][]string{{"--beams", "3"}, {"--contrastive", "0.6,4"}, {"--draft", ref, "--draft-tokens", "2"}, {"--guidance", "2", "--negative-prompt", "The cat"}} {
		succeed(t, "", append([]string{"generate", "-m", ref, "--seed", "1", "-n", "4", text, "--log", "search.jsonl"}, search...)...)
		contains("holds", "verify", "search.jsonl")
	}
	sameText(t, ref, text)
}

// sameText compares what a model says of a text that it wrote with what it said
// while it wrote it.
func sameText(t *testing.T, ref, prompt string) {
	t.Helper()
	var written generated
	if err := json.Unmarshal([]byte(succeed(t, "", "generate", "-m", ref, "--seed", "2", "-n", "5", "--ignore-eos", "--json", prompt)), &written); err != nil {
		t.Fatal(err)
	}
	ids, err := json.Marshal(append(written.PromptIDs, written.IDs...))
	if err != nil {
		t.Fatal(err)
	}
	scored := score{}
	if err := json.Unmarshal([]byte(succeed(t, "", "score", "-m", ref, "--json", "--ids", strings.Trim(string(ids), "[]"))), &scored); err != nil {
		t.Fatal(err)
	}
	sum := number(0)
	for _, token := range scored.Tokens[len(scored.Tokens)-len(written.IDs):] {
		sum += *token.LogProb
	}
	if d := sum - written.LogProb; d > 1e-9 || d < -1e-9 {
		t.Errorf("ln P of the text was %v while it was written, and is %v", written.LogProb, sum)
	}
}
