package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"argen/model/hub"
	"argen/model/hub/hubtest"
	"argen/model/safetensors"
	"argen/tokenizer"
)

// hubRepos are the story transformer as repositories have it: a folder of
// transformers, the same with its weights cut into shards, and a GGUF in two
// parts.
func hubRepos(t *testing.T) map[string]*hubtest.Repo {
	t.Helper()
	lm, err := Open(t.Context(), "story", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lm.Close()
	dir := t.TempDir()
	if err := WriteFolder(dir, lm, safetensors.F32); err != nil {
		t.Fatal(err)
	}
	repos := map[string]*hubtest.Repo{}
	for _, name := range []string{"o/whole", "o/shards", "o/gguf"} {
		repos[name] = &hubtest.Repo{Files: map[string][]byte{"README.md": []byte("# Stories")}}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		repos["o/whole"].Files[e.Name()] = data
		if e.Name() != safetensors.WeightsFile {
			repos["o/shards"].Files[e.Name()] = data
		}
	}
	cutShards(t, repos["o/shards"], repos["o/whole"].Files[safetensors.WeightsFile])
	for _, path := range splitGGUF(t, t.TempDir(), "story", tinyGGUF(t)) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		repos["o/gguf"].Files[filepath.Base(path)] = data
	}
	return repos
}

// cutShards puts weights into a repository as two shards with their index.
func cutShards(t *testing.T, repo *hubtest.Repo, weights []byte) {
	t.Helper()
	f, err := safetensors.Read(safetensors.WeightsFile, weights)
	if err != nil {
		t.Fatal(err)
	}
	index := map[string]string{}
	tensors := f.Tensors()
	half := len(tensors) / 2
	for i, part := range [][]safetensors.Tensor{tensors[:half], tensors[half:]} {
		var b bytes.Buffer
		if err := safetensors.Write(&b, part, nil); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("model-%05d-of-00002.safetensors", i+1)
		repo.Files[name] = b.Bytes()
		for _, tensor := range part {
			index[tensor.Name] = name
		}
	}
	data, err := json.Marshal(map[string]any{"weight_map": index})
	if err != nil {
		t.Fatal(err)
	}
	repo.Files[safetensors.IndexFile] = data
}

// pullAll fetches from a hub into the cache that $HF_HUB_CACHE names.
func pullAll(t *testing.T, s *hubtest.Server, refs ...string) (fetched int64) {
	t.Helper()
	p := &hub.Puller{Config: hub.Config{Cache: hub.CacheFromEnv(os.Getenv), Endpoint: s.URL, Patience: time.Minute}}
	for _, ref := range refs {
		r, err := hub.ParseRef(ref)
		if err != nil {
			t.Fatal(err)
		}
		pulled, err := p.Pull(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		_, n := pulled.Bytes()
		fetched += n
	}
	return fetched
}

// sameModels compares models with the story transformer.
func sameModels(t *testing.T, refs ...string) {
	t.Helper()
	want := logitsAfter(t, "story")
	for _, ref := range refs {
		if got := logitsAfter(t, ref); !slices.Equal(got, want) {
			t.Errorf("%s: the logits differ", ref)
		}
		lm, err := Open(t.Context(), ref, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := lm.Tokenizer.(*tokenizer.Story); !ok || lm.Ref != ref {
			t.Errorf("%s: tokenizer %T, named %s", ref, lm.Tokenizer, lm.Ref)
		}
		lm.Close()
	}
}

// What was fetched is opened by its name, also where links lead out of the
// folder to the blobs, from any place of the cache.
func TestOpenPulled(t *testing.T) {
	t.Setenv("HF_HUB_CACHE", filepath.Join(t.TempDir(), "hub"))
	refs := []string{"hf:o/whole", "hf:o/shards", "hf:o/gguf", "hf:o/gguf:story-00001-of-00002.gguf"}
	var missing *hub.NotHereError
	if _, err := Open(t.Context(), refs[0], Options{}); !errors.As(err, &missing) {
		t.Fatalf("error %v", err)
	}
	pullAll(t, hubtest.New(t, hubRepos(t)), refs...)
	sameModels(t, refs...)

	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(os.Getenv("HF_HUB_CACHE"), moved); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HF_HUB_CACHE", moved)
	sameModels(t, refs...)
}
