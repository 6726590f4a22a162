package transformer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"argen"
	"argen/internal/safefile"
	"argen/model/safetensors"
	"argen/tokenizer"
)

// hfLlama is the config.json of a llama, with all that transformers 4 and 5
// need to know.
type hfLlama struct {
	Architectures []string       `json:"architectures"`
	ModelType     string         `json:"model_type"`
	VocabSize     int            `json:"vocab_size"`
	Hidden        int            `json:"hidden_size"`
	FFN           int            `json:"intermediate_size"`
	Layers        int            `json:"num_hidden_layers"`
	Heads         int            `json:"num_attention_heads"`
	KVHeads       int            `json:"num_key_value_heads"`
	HeadDim       int            `json:"head_dim"`
	Context       int            `json:"max_position_embeddings"`
	Act           string         `json:"hidden_act"`
	Eps           float32        `json:"rms_norm_eps"`
	Theta         float64        `json:"rope_theta"`
	Scaling       map[string]any `json:"rope_scaling"`
	Tied          bool           `json:"tie_word_embeddings"`
	AttentionBias bool           `json:"attention_bias"`
	MLPBias       bool           `json:"mlp_bias"`
	BOS           *argen.ID      `json:"bos_token_id"`
	EOS           []argen.ID     `json:"eos_token_id"`
	DType         string         `json:"torch_dtype"`
}

// hfGPT2 is the config.json of a gpt2.
type hfGPT2 struct {
	Architectures []string   `json:"architectures"`
	ModelType     string     `json:"model_type"`
	VocabSize     int        `json:"vocab_size"`
	Hidden        int        `json:"n_embd"`
	FFN           int        `json:"n_inner"`
	Layers        int        `json:"n_layer"`
	Heads         int        `json:"n_head"`
	Context       int        `json:"n_positions"`
	Act           string     `json:"activation_function"`
	Eps           float32    `json:"layer_norm_epsilon"`
	ScaleByLayer  bool       `json:"scale_attn_by_inverse_layer_idx"`
	Tied          bool       `json:"tie_word_embeddings"`
	BOS           *argen.ID  `json:"bos_token_id"`
	EOS           []argen.ID `json:"eos_token_id"`
	DType         string     `json:"torch_dtype"`
}

// JSON returns the configuration as a config.json that transformers and
// [ParseConfig] read; dtype is the type of its weights: "float32", "float16" or
// "bfloat16".
func (c Config) JSON(dtype string) ([]byte, error) {
	arch := architectureOf(c.Arch)
	if arch == nil {
		return nil, fmt.Errorf("architecture %q is not known: argen computes %s", c.Arch, archNames())
	}
	var bos *argen.ID
	if c.BOS != argen.NoID {
		bos = &c.BOS
	}
	names := []string{arch.class}
	var v any
	if c.Arch == "gpt2" {
		v = hfGPT2{names, c.Arch, c.VocabSize, c.Hidden, c.FFN, c.Layers, c.Heads, c.Context, c.Act, c.Eps, c.ScaleByLayer, c.Tied, bos, c.EOS, dtype}
	} else {
		v = hfLlama{
			names, c.Arch, c.VocabSize, c.Hidden, c.FFN, c.Layers, c.Heads, c.KVHeads, c.HeadDim, c.Context, c.Act, c.Eps,
			c.Rope.Theta, c.Rope.scaling(), c.Tied, c.QKVBias, c.MLPBias, bos, c.EOS, dtype,
		}
	}
	return indented(v)
}

// indented returns JSON for people: "<s>", not "\u003cs\u003e".
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// scaling is the rope_scaling of a config.json, nil for none.
func (r *Rope) scaling() map[string]any {
	if r.Type == "" {
		return nil
	}
	m := map[string]any{"rope_type": r.Type, "factor": r.Factor}
	if r.Type == "llama3" {
		m["low_freq_factor"], m["high_freq_factor"], m["original_max_position_embeddings"] = r.LowFreq, r.HighFreq, r.Original
	}
	return m
}

// The files of a folder that [WriteFolder] writes besides.
const (
	tokenizerFile       = "tokenizer.json"
	tokenizerConfigFile = "tokenizer_config.json"
)

// WriteFolder writes a model's folder as Hugging Face has it: the weights,
// config.json, generation_config.json, which has transformers draw from the
// model's own distribution, and, unless tok is nil, tok as tokenizer.json
// ([tokenizer.HuggingFace] makes one) with tokenizer_config.json. Each file is
// replaced whole or not at all, config.json last. The weights are checked
// first, as [New] does, and that the tokenizer has the model's tokens.
func WriteFolder(dir string, c Config, tensors []safetensors.Tensor, tok []byte) error {
	dtype := safetensors.F32
	for i := range tensors {
		if len(tensors[i].Shape) > 1 {
			dtype = tensors[i].DType
		}
	}
	if _, err := New(c, safetensors.ByName(tensors)); err != nil {
		return err
	}
	config, err := c.JSON(map[safetensors.DType]string{safetensors.F16: "float16", safetensors.BF16: "bfloat16", safetensors.F32: "float32"}[dtype])
	if err != nil {
		return err
	}
	files := []folderFile{{safetensors.WeightsFile, func(w io.Writer) error {
		return safetensors.Write(w, tensors, map[string]string{"format": "pt"}) // what transformers asks for
	}}}
	if tok != nil {
		config, err := c.tokenizerJSON(tok)
		if err != nil {
			return err
		}
		files = append(files, wholeFile(tokenizerFile, tok), wholeFile(tokenizerConfigFile, config))
	}
	generation, err := c.generationJSON()
	if err != nil {
		return err
	}
	files = append(files, wholeFile(generationFile, generation), wholeFile(ConfigFile, config))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return fmt.Errorf("the folder %s cannot be made: %w", dir, err)
	}
	for _, f := range files {
		if err := safefile.Write(filepath.Join(dir, f.name), f.write); err != nil {
			return err
		}
	}
	return nil
}

// A folderFile is a file of a model's folder.
type folderFile struct {
	name  string
	write func(io.Writer) error
}

func wholeFile(name string, data []byte) folderFile {
	return folderFile{name, func(w io.Writer) error { _, err := w.Write(data); return err }}
}

// generationJSON returns the generation_config.json of a model.
func (c Config) generationJSON() ([]byte, error) {
	v := struct {
		BOS         *argen.ID  `json:"bos_token_id,omitempty"`
		EOS         []argen.ID `json:"eos_token_id,omitempty"`
		DoSample    bool       `json:"do_sample"`
		Temperature float64    `json:"temperature"`
		TopK        int        `json:"top_k"` // 0: all; it is 50 if not given
		TopP        float64    `json:"top_p"`
	}{nil, c.EOS, true, 1, 0, 1}
	if c.BOS != argen.NoID {
		v.BOS = &c.BOS
	}
	return indented(v)
}

// tokenizerJSON returns the tokenizer_config.json for a tokenizer.json, from
// which transformers makes a tokenizer of just that file.
func (c Config) tokenizerJSON(file []byte) ([]byte, error) {
	tok, bos, err := tokenizer.ReadHuggingFace(tokenizerFile, file)
	switch {
	case err != nil:
		return nil, err
	case tok.VocabSize() != c.VocabSize:
		return nil, fmt.Errorf("the tokenizer has %d tokens, the model %d", tok.VocabSize(), c.VocabSize)
	case bos != argen.NoID && bos != c.BOS:
		return nil, fmt.Errorf("the tokenizer puts token %d before a text, the model's bos_token_id is %d", bos, c.BOS)
	}
	v := struct {
		Class   string  `json:"tokenizer_class"`
		BOS     *string `json:"bos_token,omitempty"`
		EOS     *string `json:"eos_token,omitempty"`
		CleanUp bool    `json:"clean_up_tokenization_spaces"`
		Longest int     `json:"model_max_length"`
	}{Class: "PreTrainedTokenizerFast", Longest: c.Context}
	name := func(id argen.ID) *string {
		s := string(tok.Piece(id))
		return &s
	}
	if c.BOS != argen.NoID {
		v.BOS = name(c.BOS)
	}
	if len(c.EOS) > 0 {
		v.EOS = name(c.EOS[0])
	}
	return indented(v)
}
