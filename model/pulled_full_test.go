//go:build full

package model

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"argen/model/hub/hubtest"
)

// huggingface runs a program of Python that uses huggingface_hub. Where Python
// has it not the test fails if $ARGEN_PYTHON is set, and otherwise says that
// nothing was compared.
func huggingface(t *testing.T, program string, env ...string) (out string, there bool) {
	t.Helper()
	path, named := os.LookupEnv("ARGEN_PYTHON")
	if !named {
		path = "python3"
	}
	if out, err := exec.Command(path, "-c", "import huggingface_hub, transformers").CombinedOutput(); err != nil {
		if named {
			t.Fatalf("ARGEN_PYTHON %s has no huggingface_hub: %v\n%s", path, err, out)
		}
		fmt.Fprintln(os.Stderr, "not compared: python has no huggingface_hub: set ARGEN_PYTHON to one that has, as .ci/run does")
		return "", false
	}
	cmd := exec.CommandContext(t.Context(), path, "-c", program)
	cmd.Env = append(os.Environ(), append(env, "HF_HUB_DISABLE_TELEMETRY=1", "HF_HUB_DISABLE_UPDATE_CHECK=1", "HF_HUB_DISABLE_PROGRESS_BARS=1")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	return strings.TrimSpace(string(answer)), true
}

// What argen pull fetched, huggingface_hub finds without a connection, opens,
// takes for whole and for its own.
func TestHuggingFaceFindsWhatArgenPulled(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "hub")
	t.Setenv("HF_HUB_CACHE", cache)
	s := hubtest.New(t, hubRepos(t))
	pullAll(t, s, "hf:o/whole", "hf:o/shards", "hf:o/gguf", "hf:o/whole@refs/pr/1")
	out, there := huggingface(t, `
import huggingface_hub as hub, os, transformers
for repo in ["o/whole", "o/shards", "o/gguf"]:
    path = hub.snapshot_download(repo)
    assert os.listdir(path), path
assert os.path.basename(hub.snapshot_download("o/whole", revision="refs/pr/1")) == os.path.basename(hub.snapshot_download("o/whole"))
assert os.path.getsize(hub.hf_hub_download("o/gguf", "story-00002-of-00002.gguf")) > 0
assert isinstance(hub.try_to_load_from_cache("o/shards", "model.safetensors.index.json"), str)
assert transformers.AutoConfig.from_pretrained("o/whole").vocab_size == 686
assert len(transformers.AutoTokenizer.from_pretrained("o/shards")("Mia was")["input_ids"]) == 3
info = hub.scan_cache_dir()
assert not info.warnings, info.warnings
print(sorted((r.repo_id, r.nb_files, sorted(r.refs)) for r in info.repos))
`, "HF_HUB_OFFLINE=1")
	const want = `[('o/gguf', 2, ['main']), ('o/shards', 7, ['main']), ('o/whole', 5, ['main', 'refs/pr/1'])]`
	if there && out != want {
		t.Errorf("huggingface_hub finds %s, want %s", out, want)
	}
}

// What huggingface_hub fetched, argen opens, lists and does not fetch again.
func TestArgenFindsWhatHuggingFaceFetched(t *testing.T) {
	for _, way := range []string{"links", "copies"} {
		cache := filepath.Join(t.TempDir(), "hub")
		t.Setenv("HF_HUB_CACHE", cache)
		s := hubtest.New(t, hubRepos(t))
		env := []string{"HF_ENDPOINT=" + s.URL, "HF_HUB_DISABLE_SYMLINKS=" + map[string]string{"links": "0", "copies": "1"}[way]}
		_, there := huggingface(t, `
import huggingface_hub as hub
hub.snapshot_download("o/whole")
hub.snapshot_download("o/shards")
for part in [1, 2]:
    hub.hf_hub_download("o/gguf", f"story-{part:05}-of-00002.gguf")
`, env...)
		if !there {
			return
		}
		refs := []string{"hf:o/whole", "hf:o/shards", "hf:o/gguf"}
		sameModels(t, refs...)
		if n := pullAll(t, s, refs...); n != 0 {
			t.Errorf("%s: %d bytes were fetched again", way, n)
		}
		sameModels(t, refs...)
	}
}
