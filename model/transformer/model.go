// Package transformer computes the published transformers: Llama, GPT-2 and the
// other architectures that [Architectures] names, from folders of Hugging Face and
// from GGUF files.
//
//	m, err := transformer.Open("SmolLM2-135M")   // config.json, model.safetensors
//	defer m.Close()
//	s := m.Start()
//	logits, err := s.Extend(ctx, ids...)
//
// All computation is in float32; weights may be float32, float16, bfloat16 or
// blocks of quantised numbers.
// One token's walk through the code:
//
//	ids → embedding → layers (attention, MLP) → norm → head → logits
//
// is [Model] for the weights, arch_llama.go, arch_gpt2.go or arch_gptneox.go for
// what a layer does, attention.go for attention, cache.go for what is kept of the
// tokens so far. The other arch_*.go are llamas with parts of their own.
//
// A [State] can also be asked for the logits at all of its positions
// ([State.Score]) and for what its layers do ([State.Attention], [State.Hidden],
// [State.Lens]). That is computed when it is asked for and costs nothing
// otherwise.
package transformer

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"argen"
	"argen/internal/strict"
	"argen/model/paths"
	"argen/model/safetensors"
)

// A Model is the weights of a transformer. It implements [argen.Model].
type Model struct {
	// AddBOS is whether a prompt begins with the BOS token. The tokenizer's
	// file says so, not the model's, so whoever reads that one sets it, before
	// the model is used.
	AddBOS bool
	// Meta is what the file of its weights notes, nil if nothing.
	Meta map[string]string

	config  Config
	longest int // T of the configuration; config has that of the options
	options Options
	weights Weights
	net     network
	head    *matrix // (V, C)
	hash    func() string
	close   func() error
	int8    bool // there are matrices for which [Options].Fast makes a difference
	size    int64
	names   []string          // of its tensors, as a folder usually has them
	stored  map[string]string // the names of its weights, by those
	params  int64
	bytes   int64 // of all tensors
	memory  int64 // that they take
}

// New returns the model of a configuration and weights, which it checks and
// holds on to: each tensor must be there, have its shape, and be finite. A model
// of quantised weights has memory of its own, which Close gives back.
func New(c Config, w Weights, o ...Options) (*Model, error) {
	arch := architectureOf(c.Arch)
	if arch == nil {
		return nil, fmt.Errorf("architecture %q is not known: argen computes %s", c.Arch, archNames())
	}
	b := &binder{Config: c, weights: w, root: llamaRoot, stored: map[string]string{}, options: o}
	net, head := arch.bind(b)
	if b.err != nil {
		return nil, b.err
	}
	free := b.pack(net, head)
	if b.err != nil {
		return nil, errors.Join(b.err, free())
	}
	m := &Model{
		config: c, longest: c.Context, weights: w, net: net, head: head, int8: b.int8, names: b.names, stored: b.stored, params: b.params, bytes: b.bytes, memory: b.memory,
		hash: func() string { return "" }, close: free,
	}
	m.set(Options{})
	return m.With(o...), nil
}

// Read returns the model of a config.json and a model.safetensors that are in
// memory; the model holds on to the weights.
func Read(config, weights []byte) (*Model, error) {
	c, err := ParseConfig(ConfigFile, config)
	if err != nil {
		return nil, err
	}
	f, err := safetensors.Read(safetensors.WeightsFile, weights)
	if err != nil {
		return nil, err
	}
	return withFile(c, f)
}

// Open opens a model's folder: config.json and model.safetensors, or the shards
// that model.safetensors.index.json names. Weights are mapped into memory, not
// read; close the model after its last use. The tokens that end a text are
// those of generation_config.json if it names some.
func Open(dir string, o ...Options) (*Model, error) {
	data, err := paths.Read(filepath.Join(dir, ConfigFile), maxConfig)
	if err != nil {
		return nil, err
	}
	c, err := ParseConfig(ConfigFile, data)
	if err != nil {
		return nil, err
	}
	data, err = paths.Read(filepath.Join(dir, generationFile), maxConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if err := c.generation(data); err != nil {
			return nil, err
		}
	}
	f, err := safetensors.OpenFolder(dir)
	if err != nil {
		return nil, err
	}
	m, err := withFile(c, f, o...)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return m, nil
}

func withFile(c Config, f *safetensors.File, o ...Options) (*Model, error) {
	m, err := FromFile(c, f, o...)
	if err != nil {
		return nil, err
	}
	m.Meta = f.Metadata
	return m, nil
}

// A File is weights with the file or files that they are in.
type File interface {
	Weights
	SHA256() string // in hex
	Size() int64    // in bytes
	Close() error
}

// FromFile is [New] for weights in a file, which the model's Close closes. After
// an error it is still open. A file for which there is not enough memory is refused.
func FromFile(c Config, f File, o ...Options) (*Model, error) {
	if err := c.fits(f.Size(), true, o...); err != nil {
		return nil, err
	}
	m, err := New(c, f, o...)
	if err != nil {
		return nil, err
	}
	free := m.close
	m.close = func() error { return errors.Join(free(), f.Close()) }
	m.hash, m.size = sync.OnceValue(f.SHA256), f.Size()
	return m, nil
}

// generationFile may name other tokens that end a text than the configuration.
const generationFile = "generation_config.json"

// generation reads a generation_config.json.
func (c *Config) generation(data []byte) error {
	j := strict.NewJSON(generationFile, data, 64)
	err := j.Object(func(member string) error {
		if member != "eos_token_id" || j.Null() {
			return j.Skip()
		}
		ids, err := readIDs(j)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if int(id) >= c.VocabSize {
				return j.Errorf("%d is outside the vocabulary of vocab_size %d", id, c.VocabSize)
			}
		}
		c.EOS = ids
		return nil
	})
	if err == nil {
		err = j.End()
	}
	return err
}

// maxConfig is the largest configuration that is read, in bytes.
const maxConfig = 16 << 20

// Config returns the model's configuration.
func (m *Model) Config() Config {
	c := m.config
	c.Context, c.EOS = m.longest, slices.Clone(c.EOS)
	return c
}

// Tensor implements [Weights] by those the model was made of; they are also found
// by the names that they usually have.
func (m *Model) Tensor(name string) (*safetensors.Tensor, bool) {
	return m.weights.Tensor(cmp.Or(m.stored[name], name))
}

// Tensors are the names of the tensors it consists of, as a folder has them.
func (m *Model) Tensors() []string { return slices.Clone(m.names) }

// Size is the number of bytes of its weights' files, 0 if it has none.
func (m *Model) Size() int64 { return m.size }

// Parameters is how many numbers the model consists of.
func (m *Model) Parameters() int64 { return m.params }

// BytesPerToken is how many bytes of weights, packed as they are, are read to
// compute one token: all but the rows of tables, as the embedding, that it does
// not look up.
func (m *Model) BytesPerToken() int64 {
	n := m.memory
	for _, t := range m.net.tables() {
		if t != m.head {
			n -= t.bytes() / int64(t.rows) * int64(t.rows-1)
		}
	}
	return n
}

// SHA256 implements argen.Hasher.
func (m *Model) SHA256() string { return m.hash() }

// Info implements argen.Model.
func (m *Model) Info() argen.Info {
	activations := ""
	if m.options.Fast && m.int8 {
		activations = "int8"
	}
	return argen.Info{
		Kind:          "transformer",
		Activations:   activations,
		VocabSize:     m.config.VocabSize,
		ContextLength: m.config.Context,
		BOS:           m.config.BOS,
		AddBOS:        m.AddBOS && m.config.BOS != argen.NoID,
		Stop:          slices.Clone(m.config.EOS),
	}
}

// Close gives back the files of a model from [Open], and memory; it must not be
// used after that.
func (m *Model) Close() error { return m.close() }

// layerName is the prefix of the names of a layer's tensors.
func layerName(prefix string, layer int) string { return prefix + strconv.Itoa(layer) + "." }
