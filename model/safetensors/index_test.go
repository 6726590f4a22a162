package safetensors_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen/model/safetensors"
)

// write writes a file of a folder.
func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// sharded returns a folder within a folder, with the shards "1.safetensors" of
// tensor a and "2.safetensors" of b, and that index. Another shard lies outside.
func sharded(t *testing.T, index string) string {
	t.Helper()
	outside := t.TempDir()
	dir := filepath.Join(outside, "model")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct{ dir, name, tensor string }{{dir, "1.safetensors", "a"}, {dir, "2.safetensors", "b"}, {outside, "3.safetensors", "a"}} {
		var b bytes.Buffer
		if err := safetensors.Write(&b, []safetensors.Tensor{safetensors.FromFloat32(s.tensor, []float32{1, 2}, 2)}, nil); err != nil {
			t.Fatal(err)
		}
		write(t, s.dir, s.name, b.Bytes())
	}
	write(t, dir, safetensors.IndexFile, []byte(index))
	return dir
}

func TestShards(t *testing.T) {
	f, err := safetensors.OpenFolder(sharded(t, `{"metadata":{"total_size":16},"weight_map":{"b":"2.safetensors","a":"1.safetensors"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b"} {
		if x, ok := f.Tensor(name); !ok || x.Len() != 2 {
			t.Errorf("tensor %s is %v, %v", name, x, ok)
		}
	}
	if len(f.SHA256()) != 64 {
		t.Errorf("SHA256 is %q", f.SHA256())
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestShardsRefused(t *testing.T) {
	for index, want := range map[string]string{
		`null`:                                   "object",
		`{}`:                                     "weight_map is missing",
		`{"weight_map":"x"}`:                     "weight_map",
		`{"weight_map":{"a":["1.safetensors"]}}`: "weight_map",
		`{"weight_map":{"a":"../3.safetensors"}}`:                 "no name of a file in this folder",
		`{"weight_map":{"a":"/dev/zero"}}`:                        "no name of a file in this folder",
		`{"weight_map":{"a":"..\\3.safetensors"}}`:                "no name of a file in this folder",
		`{"weight_map":{"a":"C:1.safetensors"}}`:                  "no name of a file in this folder",
		`{"weight_map":{"a":"\\\\host\\share\\1.safetensors"}}`:   "no name of a file in this folder",
		`{"weight_map":{"a":"sub/1.safetensors"}}`:                "no name of a file in this folder",
		`{"weight_map":{"a":"."}}`:                                "no name of a file in this folder",
		`{"weight_map":{"a":""}}`:                                 "no name of a file in this folder",
		`{"weight_map":{"a":"1.safetensors\u0000"}}`:              "no name of a file in this folder",
		`{"weight_map":{"a":"4.safetensors"}}`:                    `"4.safetensors" is missing`,
		`{"weight_map":{"a":"2.safetensors"}}`:                    `tensor "a" is missing from its shard "2.safetensors"`,
		`{"weight_map":{"a":"1.safetensors","a":"x"}}`:            "twice",
		`{"weight_map":{"a":"link"}}`:                             "cannot be opened within the folder",
		`{"weight_map":{"a":"folder"}}`:                           "no regular file",
		`version https://git-lfs.github.com/spec/v1`:              "Git LFS",
		`{"weight_map":{"a":"` + strings.Repeat("x", 300) + `"}}`: "no name of a file",
	} {
		dir := sharded(t, index)
		if err := os.Symlink("../3.safetensors", filepath.Join(dir, "link")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
			t.Fatal(err)
		}
		f, err := safetensors.OpenFolder(dir)
		if err == nil || f != nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error is %v, want one with %q", index, err, want)
		}
	}
	if _, err := safetensors.OpenFolder(t.TempDir()); err == nil || !strings.Contains(err.Error(), "there is neither model.safetensors nor") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := safetensors.Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a folder as a file: %v", err)
	}
}
