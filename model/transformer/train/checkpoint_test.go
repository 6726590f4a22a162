package train

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
	"argen/internal/strict"
)

// small is a training whose checkpoint is a few kilobytes.
func small(t testing.TB) *Trainer {
	t.Helper()
	c := Config{VocabSize: 5, Hidden: 4, Layers: 1, Heads: 2, FF: 3, Context: 4}
	tr, err := New(c, Options{Steps: 10, Batch: 2, Seed: 1<<64 - 1}, list{{1, 2, 3}, {4, 0}}, [][]argen.ID{{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	steps(t, tr, 2)
	tr.judge()
	return tr
}

func written(t testing.TB, tr *Trainer) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := tr.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// sealed puts the right checksum behind data.
func sealed(data []byte) []byte {
	sum := sha256.Sum256(data)
	return append(data[:len(data):len(data)], sum[:]...)
}

func TestCheckpointReadsBack(t *testing.T) {
	tr := small(t)
	data := written(t, tr)
	c, err := ReadCheckpoint("x", data)
	if err != nil {
		t.Fatal(err)
	}
	if c.Config() != tr.Config() || c.Options() != tr.Options() || c.Steps() != 2 || c.Kernel() == "" {
		t.Errorf("checkpoint of %+v", c.head)
	}
	if got, want := c.Weights(), tr.Weights(); len(got) != len(want) || got[0].Data[3] != want[0].Data[3] {
		t.Error("other weights")
	}
	again, err := Resume(c, tr.source, tr.held)
	if err != nil {
		t.Fatal(err)
	}
	if again.Tokens() != tr.Tokens() || tr.Tokens() != 6 {
		t.Errorf("%d tokens, %d before", again.Tokens(), tr.Tokens())
	}
	if !bytes.Equal(written(t, again), data) {
		t.Error("what was read is written differently")
	}
}

func TestResumeRefusesOtherText(t *testing.T) {
	tr := small(t)
	c, err := ReadCheckpoint("x", written(t, tr))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(c, list{{1, 2, 4}, {4, 0}}, tr.held); err == nil || !strings.Contains(err.Error(), "was trained on 2 sequences") {
		t.Errorf("another source: error %v", err)
	}
	if _, err := Resume(c, tr.source, nil); err == nil || !strings.Contains(err.Error(), "was validated on 1 sequences") {
		t.Errorf("no held-out text: error %v", err)
	}
}

func TestDamagedCheckpoints(t *testing.T) {
	whole := written(t, small(t))
	body := whole[:len(whole)-sha256.Size]
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":    {nil, "not a checkpoint"},
		"other":    {[]byte("GGUF....................."), "not a checkpoint"},
		"version":  {append([]byte("argentrn\x02\x00\x00\x00"), whole[12:]...), "it is 2, this program reads version 1"},
		"header":   {append([]byte("argentrn\x01\x00\x00\x00\xff\xff\xff\xff"), whole[16:]...), "4294967295 bytes"},
		"cut":      {whole[:len(whole)-1], "damaged or cut short"},
		"half":     {whole[:len(whole)/2], "damaged or cut short"},
		"flipped":  {append(append([]byte(nil), whole[:700]...), append([]byte{whole[700] ^ 1}, whole[701:]...)...), "damaged"},
		"longer":   {append(whole[:len(whole):len(whole)], 0), "damaged"},
		"weights":  {sealed(body[:len(body)-4]), "a model of this shape has"},
		"no float": {sealed(bytes.Replace(body, []byte(`"num_hidden_layers":1`), []byte(`"num_hidden_layers":2`), 1)), "a model of this shape has"},
		"heads":    {sealed(bytes.Replace(body, []byte(`"num_attention_heads":2`), []byte(`"num_attention_heads":3`), 1)), "not a multiple"},
		"options":  {sealed(bytes.Replace(body, []byte(`"batch":2`), []byte(`"batch":0`), 1)), "the batch is 0"},
		"unknown":  {sealed(bytes.Replace(body, []byte(`"batch":2`), []byte(`"botch":2`), 1)), "botch"},
		"course":   {sealed(bytes.Replace(body, []byte(`"best_step":2`), []byte(`"best_step":3`), 1)), "best at step 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCheckpoint("x.ckpt", c.data)
			var e *strict.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "x.ckpt: byte ") {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// What a killed training left is tidied up, and the newest checkpoint that is
// whole is found.
func TestRecover(t *testing.T) {
	folder, whole := t.TempDir(), written(t, small(t))
	put := func(name string, data []byte) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if c, damaged, err := Recover(folder); c != nil || damaged != nil || err != nil {
		t.Errorf("nothing: %v, %v, error %v", c, damaged, err)
	}
	put("step-000000000001.ckpt", whole)
	put("step-000000000002.ckpt", whole)
	bad := put("step-000000000010.ckpt", whole[:len(whole)/2])
	put(".argen-0123456789abcdef.tmp", whole)
	c, damaged, err := Recover(folder)
	if err != nil || c == nil || len(damaged) != 1 || damaged[0].Path != bad || !strings.Contains(damaged[0].Error(), "cut short") {
		t.Errorf("%v, damaged %v, error %v", c, damaged, err)
	}
	if names, err := os.ReadDir(folder); err != nil || len(names) != 2 {
		t.Errorf("left are %v, error %v", names, err)
	}
	put("step-000000000011.ckpt", append([]byte("argentrn\x02\x00\x00\x00"), whole[12:]...))
	if _, _, err := Recover(folder); err == nil || !strings.Contains(err.Error(), "this program reads version 1") {
		t.Errorf("another version: error %v", err)
	}
	more := put("step-000000000012.ckpt", sealed(bytes.Replace(whole[:len(whole)-sha256.Size], []byte(`"batch":2`), []byte(`"botch":2`), 1)))
	if _, _, err := Recover(folder); err == nil || !strings.Contains(err.Error(), "botch") {
		t.Errorf("an option that is not known: error %v", err)
	}
	if _, err := os.Stat(more); err != nil {
		t.Errorf("a checkpoint that is whole is removed: %v", err)
	}
}

// What is no checkpoint by its name or kind is left alone.
func TestRecoverLeavesOthers(t *testing.T) {
	folder := t.TempDir()
	notes := filepath.Join(folder, "step-notes.ckpt")
	if err := errors.Join(os.WriteFile(notes, nil, 0o600), os.Mkdir(filepath.Join(folder, "step-000000000001.ckpt"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if c, damaged, err := Recover(folder); c != nil || damaged != nil || err != nil {
		t.Errorf("%v, damaged %v, error %v", c, damaged, err)
	}
	if _, err := os.Stat(notes); err != nil {
		t.Error(err)
	}
}

// What is read without an error has a shape and all its weights.
func FuzzReadCheckpoint(f *testing.F) {
	whole := written(f, small(f))
	f.Add(whole[:len(whole)-sha256.Size], true)
	f.Add(whole, false)
	f.Add(whole[:40], true)
	f.Fuzz(func(t *testing.T, data []byte, seal bool) {
		if seal {
			data = sealed(data)
		}
		c, err := ReadCheckpoint("x", data)
		if err != nil {
			if c != nil {
				t.Error("a checkpoint beside an error")
			}
			return
		}
		for _, w := range c.Weights() {
			if len(w.Data) == 0 {
				t.Errorf("%s is empty", w.Name)
			}
		}
	})
}
