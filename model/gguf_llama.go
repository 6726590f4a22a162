package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"argen"
	"argen/internal/quant"
	"argen/model/gguf"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// The keys of a llama's metadata in a GGUF.
const (
	keyArch      = "general.architecture"
	keyVocab     = "llama.vocab_size"
	keyContext   = "llama.context_length"
	keyHidden    = "llama.embedding_length"
	keyLayers    = "llama.block_count"
	keyFFN       = "llama.feed_forward_length"
	keyHeads     = "llama.attention.head_count"
	keyKVHeads   = "llama.attention.head_count_kv"
	keyHeadDim   = "llama.attention.key_length"
	keyValueDim  = "llama.attention.value_length"
	keyEps       = "llama.attention.layer_norm_rms_epsilon"
	keyRotated   = "llama.rope.dimension_count"
	keyTheta     = "llama.rope.freq_base"
	keyScaling   = "llama.rope.scaling.type"
	keyFactor    = "llama.rope.scaling.factor"
	keyTokenizer = "tokenizer.huggingface.json" // the whole tokenizer.json
	keyAddBOS    = "tokenizer.ggml.add_bos_token"
	keyBOS       = "tokenizer.ggml.bos_token_id"
	keyEOS       = "tokenizer.ggml.eos_token_id"
)

// ggufNames pairs the names of tensors in a folder and in a GGUF; # is the
// number of a layer. Those of vectors come with .weight.
var ggufNames = []struct{ folder, gguf string }{
	{"model.embed_tokens", "token_embd"},
	{"model.layers.#.input_layernorm", "blk.#.attn_norm"},
	{"model.layers.#.self_attn.q_proj", "blk.#.attn_q"},
	{"model.layers.#.self_attn.k_proj", "blk.#.attn_k"},
	{"model.layers.#.self_attn.v_proj", "blk.#.attn_v"},
	{"model.layers.#.self_attn.o_proj", "blk.#.attn_output"},
	{"model.layers.#.post_attention_layernorm", "blk.#.ffn_norm"},
	{"model.layers.#.mlp.gate_proj", "blk.#.ffn_gate"},
	{"model.layers.#.mlp.up_proj", "blk.#.ffn_up"},
	{"model.layers.#.mlp.down_proj", "blk.#.ffn_down"},
	{"model.norm", "output_norm"},
	{"lm_head", "output"},
}

// ggufKeys are the metadata for the fields of a config.json.
var ggufKeys = map[string]string{
	transformer.ConfigFile: "the metadata",
	"vocab_size":           keyVocab,
	"hidden_size":          keyHidden,
	"num_hidden_layers":    keyLayers,
	"intermediate_size":    keyFFN,
	"num_attention_heads":  keyHeads,
	"num_key_value_heads":  keyKVHeads,
	"head_dim":             keyHeadDim,
}

// The biases of a layer's matrices.
var (
	ggufAttentionBias = regexp.MustCompile(`^blk\.\d+\.attn_(q|k|v|output)\.bias$`)
	ggufMLPBias       = regexp.MustCompile(`^blk\.\d+\.ffn_(gate|up|down)\.bias$`)
)

// layerNumber is that of the layer in a tensor's name in a folder.
var layerNumber = regexp.MustCompile(`^model\.layers\.(\d+)\.`)

// ggufName returns the name that a tensor of a folder has in a GGUF, "" if it
// has none.
func ggufName(folder string) string {
	pattern, layer := folder, ""
	if m := layerNumber.FindStringSubmatch(folder); m != nil {
		layer = m[1]
		pattern = "model.layers.#." + folder[len(m[0]):]
	}
	for _, n := range ggufNames {
		for _, kind := range []string{".weight", ".bias"} {
			if n.folder+kind == pattern {
				return strings.Replace(n.gguf+kind, "#", layer, 1)
			}
		}
	}
	return ""
}

// rotatedHeads returns how many heads the rows of a tensor are, if they are
// rotated by position, otherwise 0.
func rotatedHeads(c transformer.Config, folder string) int {
	switch {
	case strings.Contains(folder, ".q_proj."):
		return c.Heads
	case strings.Contains(folder, ".k_proj."):
		return c.KVHeads
	}
	return 0
}

// interleave puts the rows of each head into the order in which llama.cpp's
// llama rotates them: it turns rows 2i and 2i+1 together, where
// transformers' turns i and i + rows/2. Undo is the way back. A row is width
// elements of x.
func interleave[T any](x []T, heads, width int, undo bool) []T {
	y := make([]T, len(x))
	rows := len(x) / heads / width
	for h := range heads {
		for i := range rows {
			theirs := 2 * i // row i of transformers
			if i >= rows/2 {
				theirs = 2*(i-rows/2) + 1
			}
			from, to := (h*rows+i)*width, (h*rows+theirs)*width
			if undo {
				from, to = to, from
			}
			copy(y[to:to+width], x[from:from+width])
		}
	}
	return y
}

// isGGUF reports whether a file is a GGUF.
func isGGUF(head []byte, _ string) bool { return strings.HasPrefix(string(head), gguf.Magic) }

// openGGUF opens the llama in a GGUF, with the tokenizer.json that argen keeps in
// it.
func openGGUF(_ context.Context, path string, o Options) (*LM, error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	lm, err := ggufModel(f, o)
	if err != nil {
		return nil, errors.Join(inFile(path, err), f.Close())
	}
	return lm, nil
}

func ggufModel(f *gguf.File, o Options) (*LM, error) {
	c, err := ggufConfig(f)
	if err != nil {
		return nil, err
	}
	tok, addBOS, err := ggufTokenizer(f)
	if err != nil {
		return nil, err
	}
	w := &ggufWeights{File: f, config: c, converted: safetensors.Tensors{}}
	m, err := transformer.FromFile(c, w, o.transformer())
	if err != nil {
		return nil, cmp.Or(w.err, err)
	}
	m.AddBOS = addBOS
	return &LM{Model: m, Tokenizer: tok, Close: m.Close}, nil
}

func inFile(path string, err error) error {
	return fmt.Errorf("%s: %w", short(filepath.Base(path)), err)
}

// ggufConfig takes the configuration from a GGUF's metadata.
func ggufConfig(f *gguf.File) (c transformer.Config, err error) {
	switch arch, ok := f.Meta.String(keyArch); {
	case !ok:
		return c, fmt.Errorf("%s: missing", keyArch)
	case arch != "llama":
		return c, fmt.Errorf("%s: %s is not supported in a GGUF: argen reads llama", keyArch, quote(arch))
	}
	c = transformer.Config{Arch: "llama", Act: "silu", BOS: argen.NoID}
	for _, s := range []struct {
		key       string
		dst       *int
		otherwise func() int // nil: it must be given
	}{
		{keyHidden, &c.Hidden, nil},
		{keyLayers, &c.Layers, nil},
		{keyFFN, &c.FFN, nil},
		{keyHeads, &c.Heads, nil},
		{keyContext, &c.Context, nil},
		{keyKVHeads, &c.KVHeads, func() int { return c.Heads }},
		{keyHeadDim, &c.HeadDim, func() int { return c.Hidden / c.Heads }},
		{keyVocab, &c.VocabSize, func() int {
			if t, ok := f.Tensor("token_embd.weight"); ok {
				return t.Shape[0]
			}
			return 0
		}},
	} {
		n, ok := f.Meta.Int(s.key)
		switch {
		case ok:
		case f.Meta.Value(s.key) != nil:
			return c, fmt.Errorf("%s: %v is no size", s.key, f.Meta.Value(s.key))
		case s.otherwise == nil:
			return c, fmt.Errorf("%s: missing", s.key)
		default:
			n = s.otherwise()
		}
		if n < 1 || n > math.MaxInt32 {
			return c, fmt.Errorf("%s: %d, want a size from 1 to %d", s.key, n, math.MaxInt32)
		}
		*s.dst = n
	}
	for _, key := range []string{keyValueDim, keyRotated} {
		switch n, ok := f.Meta.Int(key); {
		case f.Meta.Value(key) == nil:
		case !ok:
			return c, fmt.Errorf("%s: %v is no size", key, f.Meta.Value(key))
		case n != c.HeadDim:
			return c, fmt.Errorf("%s: %d is not supported: the width of a head is %d", key, n, c.HeadDim)
		}
	}
	switch {
	case c.Heads%c.KVHeads != 0:
		return c, fmt.Errorf("%s: %d: it must divide %s, %d", keyKVHeads, c.KVHeads, keyHeads, c.Heads)
	case c.HeadDim%2 != 0:
		return c, fmt.Errorf("%s: %d: it must be even, since numbers are rotated in pairs", keyHeadDim, c.HeadDim)
	}
	if _, ok := f.Tensor("rope_freqs.weight"); ok {
		return c, fmt.Errorf("tensor \"rope_freqs.weight\": wavelengths of their own are not supported in a GGUF")
	}
	eps, ok := f.Meta.Float(keyEps)
	if !ok || !(eps > 0 && eps < 1) {
		return c, fmt.Errorf("%s: %v, want a number between 0 and 1", keyEps, f.Meta.Value(keyEps))
	}
	c.Eps = float32(eps)
	c.Rope.Theta = 10000
	if f.Meta.Value(keyTheta) != nil {
		if c.Rope.Theta, err = ggufPositive(f, keyTheta); err != nil {
			return c, err
		}
	}
	switch kind, _ := f.Meta.String(keyScaling); kind {
	case "", "none":
	case "linear":
		c.Rope.Type = kind
		if c.Rope.Factor, err = ggufPositive(f, keyFactor); err != nil {
			return c, err
		}
	default:
		return c, fmt.Errorf("%s: %s is not supported in a GGUF: argen reads linear", keyScaling, quote(kind))
	}
	_, untied := f.Tensor("output.weight")
	c.Tied = !untied
	for _, t := range f.Tensors { // a bias that is not everywhere is then missing
		c.AttentionBias = c.AttentionBias || ggufAttentionBias.MatchString(t.Name)
		c.MLPBias = c.MLPBias || ggufMLPBias.MatchString(t.Name)
	}
	for _, key := range []string{keyBOS, keyEOS} {
		if f.Meta.Value(key) == nil {
			continue
		}
		id, ok := f.Meta.Int(key)
		if !ok || id >= c.VocabSize {
			return c, fmt.Errorf("%s: %v is outside the vocabulary of %d tokens", key, f.Meta.Value(key), c.VocabSize)
		}
		if key == keyBOS {
			c.BOS = argen.ID(id)
		} else {
			c.EOS = []argen.ID{argen.ID(id)}
		}
	}
	return c, nil
}

// ggufPositive is the value of a key that must be a number above 0.
func ggufPositive(f *gguf.File, key string) (float64, error) {
	x, ok := f.Meta.Float(key)
	switch {
	case ok && x > 0 && x <= math.MaxFloat32:
		return x, nil
	case f.Meta.Value(key) == nil:
		return 0, fmt.Errorf("%s: missing", key)
	}
	return 0, fmt.Errorf("%s: %v, want a number above 0", key, f.Meta.Value(key))
}

// ggufWeights are the tensors of a GGUF, found by the names of a folder, their
// rows in its order: those that it has in another are copies.
type ggufWeights struct {
	*gguf.File
	config transformer.Config

	mu        sync.Mutex
	converted safetensors.Tensors
	err       error // why one could not be
}

// StoredName implements transformer.Renamed.
func (w *ggufWeights) StoredName(name string) string {
	return cmp.Or(ggufName(name), ggufKeys[name], name)
}

// Tensor implements transformer.Weights. A tensor of a type that argen does not
// convert comes without numbers and under that type, which is then refused; err
// says it in the file's words.
func (w *ggufWeights) Tensor(name string) (*safetensors.Tensor, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.converted[name]; t != nil {
		return t, true
	}
	found := ggufName(name)
	if found == "" {
		return nil, false
	}
	t, ok := w.File.Tensor(found)
	if !ok {
		return nil, false
	}
	s := w.convert(name, t)
	w.converted[name] = s
	return s, true
}

func (w *ggufWeights) convert(name string, t *gguf.Tensor) *safetensors.Tensor {
	s := &safetensors.Tensor{Name: t.Name, DType: safetensors.DType(t.Type.String()), Shape: t.Shape}
	if !t.Type.Readable() {
		_, err := t.Float32()
		w.err = cmp.Or(w.err, err)
		return s
	}
	s.Data = t.Data
	if heads := rotatedHeads(w.config, name); heads > 0 && t.Shape[0]%(2*heads) == 0 {
		s.Data = interleave(t.Data, heads, len(t.Data)/t.Shape[0], true)
	}
	return s
}

// asType returns a tensor whose numbers are rounded to a type.
func asType(name string, dtype safetensors.DType, x []float32, shape []int) (*safetensors.Tensor, error) {
	if dtype == safetensors.F32 {
		s := safetensors.FromFloat32(name, x, shape...)
		return &s, nil
	}
	q, err := gguf.Quantize(name, map[safetensors.DType]quant.Type{safetensors.F16: quant.F16, safetensors.BF16: quant.BF16}[dtype], x, shape...)
	if err != nil {
		return nil, err
	}
	return &safetensors.Tensor{Name: name, DType: dtype, Shape: shape, Data: q.Data}, nil
}
