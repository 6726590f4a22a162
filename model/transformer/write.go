package transformer

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"argen"
	"argen/internal/safefile"
	"argen/model/paths"
	"argen/model/safetensors"
	"argen/tokenizer"
)

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
		return fmt.Errorf("the folder %s cannot be made: %w", dir, paths.Reason(err))
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
