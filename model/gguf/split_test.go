package gguf

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen/internal/quant"
)

// parts are the files of a model with five tensors in three parts.
func parts(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for i, names := range [][]string{{"a", "b"}, {"c"}, {"d", "e"}} {
		meta := Meta{{keySplitNo, uint16(i)}, {keySplitCount, uint16(3)}, {keySplitTensors, int32(5)}}
		if i == 0 {
			meta = append(Meta{{"general.architecture", "llama"}}, meta...)
		}
		files[fmt.Sprintf("m-%05d-of-00003.gguf", i+1)] = written(t, meta, names...)
	}
	return files
}

// written is a file with tensors of one number each.
func written(t *testing.T, meta Meta, names ...string) []byte {
	t.Helper()
	var tensors []Tensor
	for _, name := range names {
		tensors = append(tensors, Tensor{Name: name, Type: quant.F32, Shape: []int{1}, Data: []byte{1, 2, 3, name[0]}})
	}
	var b bytes.Buffer
	if err := Write(&b, meta, tensors); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// folder writes files to a folder.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Any part opens them all.
func TestSplit(t *testing.T) {
	files := parts(t)
	dir := folder(t, files)
	size := 0
	for _, data := range files {
		size += len(data)
	}
	sums := map[string]bool{}
	for name := range files {
		f, err := Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sums[f.SHA256()] = true
		arch, _ := f.Meta.String("general.architecture")
		if len(f.Tensors) != 5 || f.Parts != 3 || f.Size() != int64(size) || arch != "llama" {
			t.Errorf("%s: %d tensors of %d parts, %d bytes, %s", name, len(f.Tensors), f.Parts, f.Size(), arch)
		}
		for i, want := range []string{"a", "b", "c", "d", "e"} {
			got, ok := f.Tensor(want)
			if !ok || got != &f.Tensors[i] || got.Data[3] != want[0] {
				t.Errorf("%s: tensor %s is %v", name, want, got)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(sums) != 1 {
		t.Errorf("the parts give %d hashes of one model", len(sums))
	}
}

func TestSplitRefuses(t *testing.T) {
	const one, two, three = "m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"
	for _, c := range []struct {
		change func(files map[string][]byte)
		want   string
	}{
		{func(files map[string][]byte) { delete(files, two) }, two + " is missing beside it"},
		{func(files map[string][]byte) { files[three] = files[three][:100] }, three + ": byte"},
		{func(files map[string][]byte) { files[two], files[three] = files[three], files[two] }, two + ": by its metadata it is part 3 of 3, by its name 2 of 3"},
		{func(files map[string][]byte) {
			files[two] = written(t, Meta{{keySplitNo, uint16(1)}, {keySplitCount, uint16(4)}}, "c")
		}, two + ": by its metadata it is part 2 of 4"},
		{func(files map[string][]byte) { files[two] = written(t, nil, "c") }, two + ": by its metadata it is part 1 of 1"},
		{func(files map[string][]byte) {
			files[two] = written(t, Meta{{keySplitNo, uint16(1)}, {keySplitCount, uint16(3)}}, "a")
		}, two + `: tensor "a" is in an earlier part too`},
		{func(files map[string][]byte) {
			files[two] = written(t, Meta{{keySplitNo, uint16(1)}, {keySplitCount, uint16(3)}}, "c", "x")
		}, one + ": split.tensors.count is 5, but the 3 parts have 6"},
		{func(files map[string][]byte) {
			files[one] = written(t, Meta{{keySplitNo, uint16(9)}, {keySplitCount, uint16(3)}}, "a")
		}, one + ": split.no: 9, want a number below split.count, 3"},
		{func(files map[string][]byte) { files[one] = written(t, Meta{{keySplitCount, "three"}}, "a") }, one + ": split.count: three is no number of files"},
		{func(files map[string][]byte) {
			files[one] = written(t, Meta{{keySplitNo, uint16(0)}, {keySplitCount, uint32(2)}}, "a")
		}, one + ": this is part 1 of 2 of a model, but its name does not end in -00001-of-00002.gguf"},
	} {
		files := parts(t)
		c.change(files)
		f, err := Open(filepath.Join(folder(t, files), one))
		if err == nil || f != nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
	alone := folder(t, map[string][]byte{"model.gguf": parts(t)[two]})
	if _, err := Open(filepath.Join(alone, "model.gguf")); err == nil || !strings.Contains(err.Error(), "part 2 of 3") || !strings.Contains(err.Error(), "rename it") {
		t.Errorf("a part of another name: %v", err)
	}
}

func TestPartOf(t *testing.T) {
	names := map[string]bool{
		"m-00002-of-00003.gguf": true, "m-00004-of-00003.gguf": false, "m-00000-of-00003.gguf": false,
		"m-2-of-3.gguf": false, "m.gguf": false, "-00001-of-00001.gguf": true,
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		first, no, count, ok := PartOf(name)
		if ok != names[name] {
			t.Errorf("%s: part %d of %d, %v", name, no, count, ok)
		}
		if name == "m-00002-of-00003.gguf" && (first != "m-00001-of-00003.gguf" || no != 2 || count != 3) {
			t.Errorf("%s: first %s, part %d of %d", name, first, no, count)
		}
	}
}
