package model

import (
	"encoding/json"
	"strconv"

	"argen"
	"argen/internal/sysmem"
	"argen/model/ngram"
	"argen/model/transformer"
	"argen/tokenizer"
)

// A Description says what is in a model. Fields that a kind of model does not
// have are left out.
type Description struct {
	Ref           string  `json:"ref"`
	Architecture  string  `json:"architecture"`     // "grammar", "ngram", …
	Family        string  `json:"family,omitempty"` // of a transformer: "llama", "qwen2", …
	File          string  `json:"file,omitempty"`
	Bytes         int64   `json:"bytes,omitempty"`
	SHA256        string  `json:"sha256,omitempty"`
	VocabSize     int     `json:"vocab_size"`
	ContextLength int     `json:"context_length,omitempty"` // 0: unlimited
	Activations   string  `json:"activations,omitempty"`    // "int8" if they are rounded
	Tokenizer     string  `json:"tokenizer"`                // its kind
	BOS           *Named  `json:"bos,omitempty"`
	EOS           []Named `json:"eos,omitempty"` // tokens that end a text
	ChatTemplate  string  `json:"chat_template,omitempty"`
	ChatFrom      string  `json:"-"` // where that stands
	// ChatOthers are the names of templates beside it, which are not used.
	ChatOthers []string `json:"chat_templates_not_used,omitempty"`

	Order     int              `json:"order,omitempty"`
	NGrams    []int            `json:"ngrams,omitempty"` // of each order
	Smoothing string           `json:"smoothing,omitempty"`
	Discounts []ngram.Discount `json:"discounts,omitempty"` // of each order
	Sentences int64            `json:"sentences,omitempty"` // it was trained on
	Tokens    int64            `json:"tokens,omitempty"`    // it was trained on
	// Meta is what else the file says of itself.
	Meta map[string]string `json:"meta,omitempty"`

	// Memory is what a transformer takes.
	Memory *Memory `json:"memory,omitempty"`

	// Parameters are the numbers the model consists of.
	Parameters int64 `json:"parameters,omitempty"`

	// Of a transformer.
	Layers       int          `json:"layers,omitempty"`
	Heads        int          `json:"heads,omitempty"`
	KVHeads      int          `json:"kv_heads,omitempty"`
	HiddenSize   int          `json:"hidden_size,omitempty"`
	Quantization string       `json:"quantization,omitempty"` // the type of most of its numbers
	Types        []TypeInfo   `json:"types,omitempty"`
	Tensors      []TensorInfo `json:"tensors,omitempty"`
	// Problem is why argen cannot run the model, "" if it can.
	Problem string `json:"problem,omitempty"`
}

// Memory is what a transformer takes, in bytes.
type Memory struct {
	Weights   int64 `json:"weights"`
	Token     int64 `json:"token"`               // of a token of the context
	Context   int64 `json:"context"`             // of the longest context
	Available int64 `json:"available,omitempty"` // on this machine; 0: not known, or no question
}

// Named is a token with its name.
type Named struct {
	ID    argen.ID `json:"id"`
	Token string   `json:"token"`
}

// Describe says what is in a model.
func Describe(lm *LM) Description {
	info := argen.Identify(lm.Model)
	d := Description{
		Ref: lm.Ref, Architecture: info.Kind, File: lm.Path, Bytes: lm.Size, SHA256: info.SHA256,
		VocabSize: info.VocabSize, ContextLength: info.ContextLength, Activations: info.Activations, Tokenizer: tokenizer.Kind(lm.Tokenizer),
	}
	name := func(id argen.ID) Named { return Named{id, string(lm.Tokenizer.Piece(id))} }
	if info.BOS != argen.NoID {
		bos := name(info.BOS)
		d.BOS = &bos
	}
	for _, id := range info.Stop {
		d.EOS = append(d.EOS, name(id))
	}
	if c, err := lm.ChatTemplate(); err == nil {
		d.ChatTemplate, d.ChatFrom, d.ChatOthers = c.Source, c.From, c.Others
	}
	switch m := Base(lm.Model).(type) {
	case *ngram.Model:
		d.ngram(m)
	case *transformer.Model:
		d.Memory = &Memory{Weights: m.WeightBytes(), Token: m.TokenBytes(), Context: m.CacheBytes()}
		if n, known := sysmem.Available(); known && d.Memory.Weights >= transformer.CheckedMemory {
			d.Memory.Available = n
		}
		d.transformer(m)
	}
	return d
}

// ngram adds what an n-gram model says of itself.
func (d *Description) ngram(m *ngram.Model) {
	d.NGrams = m.NGrams()
	d.Order = len(d.NGrams)
	for k, n := range d.NGrams {
		d.Parameters += int64(n) // its probability
		if k+1 < d.Order {
			d.Parameters += int64(n) // its back-off weight
		}
	}
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 {
			return 0 // a file may say anything
		}
		return n
	}
	for key, value := range m.Meta {
		switch key {
		case "smoothing":
			d.Smoothing = value
		case "sentences":
			d.Sentences = number(value)
		case "tokens":
			d.Tokens = number(value)
		case "discounts":
			if json.Unmarshal([]byte(value), &d.Discounts) != nil || len(d.Discounts) > d.Order {
				d.Discounts = nil
			}
		case metaTokenizer, metaData:
		default:
			if d.Meta == nil {
				d.Meta = map[string]string{}
			}
			d.Meta[key] = value
		}
	}
}
