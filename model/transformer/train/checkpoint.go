package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"argen"
	"argen/internal/safefile"
	"argen/internal/strict"
	"argen/internal/tensor"
)

// A checkpoint file is, in this order, numbers little-endian:
//
//	magic      8 bytes, "argentrn"
//	version    uint32
//	header     uint32 length and that many bytes of JSON
//	arenas     weights, means, square means and, if there was a validation, the best weights: float32
//	checksum   SHA-256 of all before
const (
	magic   = "argentrn"
	version = 1

	suffix = ".ckpt"
	kept   = 2 // checkpoints in a folder

	// content is the field of errors in files that are as they were written.
	content = "content"
)

// checkpointName is that of a checkpoint in its folder.
var checkpointName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^step-[0-9]{12,}` + regexp.QuoteMeta(suffix) + `$`) })

// A Checkpoint is a training at rest.
type Checkpoint struct {
	head   header
	arenas [][]float32 // weights, m, v and maybe best
}

type header struct {
	Config  Config  `json:"config"`
	Options Options `json:"options"`
	Source  string  `json:"source"` // what it is trained on
	Held    string  `json:"held"`   // what it is validated on
	Kernel  string  `json:"kernel"` // it was computed with
	Course  course  `json:"course"`
}

// Config is the shape of the model.
func (c *Checkpoint) Config() Config { return c.head.Config }

// Options are those of the training.
func (c *Checkpoint) Options() Options { return c.head.Options }

// Kernel names the kernels it was computed with. Those with SIMD go on to the
// same bits as each other, but not as "go".
func (c *Checkpoint) Kernel() string { return c.head.Kernel }

// Steps is how many steps had been done.
func (c *Checkpoint) Steps() int { return c.head.Course.Step }

// Weights are the model's, as [Trainer.Weights] has them.
func (c *Checkpoint) Weights() []Tensor { return c.head.Config.tensors(c.arenas[0]) }

func (t *Trainer) header() header {
	return header{t.cfg, t.o, t.source.Fingerprint(), fingerprint(t.held), tensor.Kernel(), t.course}
}

func fingerprint(held [][]argen.ID) string {
	sum := uint64(len(held))
	for _, s := range held {
		for _, id := range s {
			sum = mix(sum + uint64(uint32(id)) + 1)
		}
	}
	return fmt.Sprintf("%d sequences %016x", len(held), sum)
}

// Write writes a checkpoint.
func (t *Trainer) Write(w io.Writer) error {
	head, err := json.Marshal(t.header())
	if err != nil {
		return err
	}
	sum := sha256.New()
	out := io.MultiWriter(w, sum)
	start := append([]byte(magic), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(start[8:], version)
	binary.LittleEndian.PutUint32(start[12:], uint32(len(head)))
	if _, err := out.Write(append(start, head...)); err != nil {
		return err
	}
	for _, arena := range [][]float32{t.weights.arena, t.m, t.v, t.best} {
		if err := writeFloats(out, arena); err != nil {
			return err
		}
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

func writeFloats(w io.Writer, x []float32) error {
	var buffer [1 << 14]byte
	for len(x) > 0 {
		n := min(len(x), len(buffer)/4)
		for i, v := range x[:n] {
			binary.LittleEndian.PutUint32(buffer[4*i:], math.Float32bits(v))
		}
		if _, err := w.Write(buffer[:4*n]); err != nil {
			return err
		}
		x = x[n:]
	}
	return nil
}

// ReadCheckpoint reads what [Trainer.Write] wrote; name stands in its errors.
func ReadCheckpoint(name string, data []byte) (*Checkpoint, error) {
	b := strict.NewBytes(name, data)
	if start, err := b.Take("magic", uint64(len(magic))); err != nil || string(start) != magic {
		return nil, b.Errorf("magic", "this is not a checkpoint of argen's training")
	}
	v, err := b.U32("version")
	if err != nil {
		return nil, err
	}
	if v != version {
		return nil, b.Errorf("version", "it is %d, this program reads version %d: go on with the program that wrote it", v, version)
	}
	n, err := b.U32("header")
	if err != nil {
		return nil, err
	}
	text, err := b.Take("header", uint64(n))
	if err != nil {
		return nil, err
	}
	if b.Remaining() < sha256.Size {
		return nil, b.Errorf("checksum", "the file is cut short: use the checkpoint before it")
	}
	end := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) {
		return nil, b.Errorf("checksum", "the file is damaged or cut short: use the checkpoint before it")
	}
	c := &Checkpoint{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c.head); err != nil {
		return nil, b.Errorf(content, "%v: go on with the version of argen that wrote it", err)
	}
	if c.head.Config, err = c.head.Config.complete(); err == nil {
		err = c.head.Options.check()
	}
	if err == nil {
		err = c.head.Course.check()
	}
	if err != nil {
		return nil, b.Errorf(content, "%v", err)
	}
	arenas := 3
	if c.head.Course.Validations > 0 {
		arenas = 4
	}
	size := uint64(c.head.Config.Params())
	if want, left := 4*size*uint64(arenas), b.Remaining()-sha256.Size; left != want {
		return nil, b.Errorf(content, "the weights take %d bytes, a model of this shape has %d", left, want)
	}
	for range arenas {
		raw, err := b.Take("weights", 4*size)
		if err != nil {
			return nil, err
		}
		arena := make([]float32, size)
		for i := range arena {
			arena[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		c.arenas = append(c.arenas, arena)
	}
	return c, nil
}

func (c course) check() error {
	if c.Step < 0 || c.Tokens < 0 || c.Validations < 0 || c.BestStep < 0 || c.BestStep > c.Step || c.Since < 0 || c.Since > c.Validations {
		return fmt.Errorf("step %d, %d tokens, %d validations, best at step %d, %d since: one of them cannot be", c.Step, c.Tokens, c.Validations, c.BestStep, c.Since)
	}
	return nil
}

// OpenCheckpoint reads the checkpoint at path.
func OpenCheckpoint(path string) (*Checkpoint, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ReadCheckpoint(path, data)
}

// Resume goes on with a checkpoint's training, to the same bits as if it had
// never stopped. The source and the held-out sequences must be those it was
// begun with.
func Resume(c *Checkpoint, source Source, held [][]argen.ID) (*Trainer, error) {
	t, err := newTrainer(c.head.Config, c.head.Options, source, held)
	if err != nil {
		return nil, err
	}
	if now := source.Fingerprint(); now != c.head.Source {
		return nil, fmt.Errorf("train: the checkpoint was trained on %s, not on %s: give it the same text to go on", c.head.Source, now)
	}
	if now := fingerprint(held); now != c.head.Held {
		return nil, fmt.Errorf("train: the checkpoint was validated on %s, not on %s: hold out the same text to go on", c.head.Held, now)
	}
	copy(t.weights.arena, c.arenas[0])
	copy(t.m, c.arenas[1])
	copy(t.v, c.arenas[2])
	if len(c.arenas) > 3 {
		t.best = append(t.best, c.arenas[3]...)
	}
	t.course = c.head.Course
	return t, nil
}

// save writes the checkpoint of this step into a folder, which keeps the last
// two.
func (t *Trainer) save(folder string) (path string, err error) {
	if folder == "" {
		return "", nil
	}
	path = filepath.Join(folder, fmt.Sprintf("step-%012d%s", t.course.Step, suffix))
	if err := safefile.Write(path, t.Write); err != nil {
		return "", err
	}
	names, err := checkpoints(folder)
	if err != nil {
		return path, err
	}
	for _, name := range names[:max(0, len(names)-kept)] {
		err = errors.Join(err, os.Remove(filepath.Join(folder, name)))
	}
	return path, err
}

// checkpoints lists the checkpoints in a folder, the oldest first.
func checkpoints(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder) // sorted by name
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && checkpointName().MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Latest is the path of the newest checkpoint in a folder.
func Latest(folder string) (string, error) {
	names, err := checkpoints(folder)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", fmt.Errorf("%s has no checkpoint (step-N%s): train without resuming first", folder, suffix)
	}
	return filepath.Join(folder, names[len(names)-1]), nil
}

// A Damage is the error of a checkpoint that cannot be read any more.
type Damage struct {
	Path string
	Err  error
}

// Error implements error.
func (d *Damage) Error() string { return d.Err.Error() }

// Unwrap makes the error of the reader known.
func (d *Damage) Unwrap() error { return d.Err }

// Recover tidies up a folder of checkpoints whose training may have been
// killed: it removes what was half written and returns the newest checkpoint
// that is whole, nil if there is none yet, and which newer ones are not. Those
// are removed too, for they would count as the last [Session] keeps. One that is
// whole and that this program cannot go on with, such as that of another
// version, is an error and stays.
func Recover(folder string) (newest *Checkpoint, damaged []*Damage, err error) {
	if err := safefile.Tidy(folder); err != nil {
		return nil, nil, err
	}
	names, err := checkpoints(folder)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Backward(names) {
		path := filepath.Join(folder, name)
		c, err := OpenCheckpoint(path)
		var wrong *strict.Error
		switch {
		case err == nil:
			return c, damaged, nil
		case !errors.As(err, &wrong) || wrong.Field == "version" || wrong.Field == content:
			return nil, damaged, err
		}
		if err := os.Remove(path); err != nil {
			return nil, damaged, err
		}
		damaged = append(damaged, &Damage{path, err})
	}
	return nil, damaged, nil
}
