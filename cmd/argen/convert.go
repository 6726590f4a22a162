package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"argen"
	"argen/internal/quant"
	"argen/model"
	"argen/model/ngram"
	"argen/model/safetensors"
	"argen/model/transformer"
	"argen/tokenizer"
)

// ggufFormat is the ending of a GGUF.
const ggufFormat = ".gguf"

// A conversion is argen convert.
type conversion struct {
	in, out  string
	quantize string
	json     bool
}

// A converted is what argen convert reports.
type converted struct {
	Out    string   `json:"out"`
	Format string   `json:"format"` // "gguf", "folder", "arpa", "ngram"
	Type   string   `json:"type,omitempty"`
	Bytes  int64    `json:"bytes"`
	SHA256 string   `json:"sha256"`
	Notes  []string `json:"notes,omitempty"`
}

func convertCommand(a *app) *cobra.Command {
	var o conversion
	c := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write a model in another format",
		Long: `Write a model in another format. IN is what -m takes; the name of OUT says the
format:

  *.gguf                  a transformer, for llama.cpp and what is built on it
  *.bin *.arpa *.arpa.gz  an n-gram model
  *.bin                   a llama, for llama2.c, with its tokenizer.bin if that
                          program has such a one
  another name            a transformer, as a folder of Hugging Face, for
                          transformers: config.json, model.safetensors,
                          tokenizer.json

--quantize rounds a transformer's matrices; without it they stay as they are, if
the format has their type, and become f32 otherwise. Vectors stay f32, and
matrices whose rows are no multiple of 32 become f16 instead of q8_0 and q4_0.
With q4_0 the embedding and the head are q8_0, since their errors are those of
the logits.
A GGUF that becomes another keeps its metadata and its tokenizer unchanged, also
where argen does not compute its architecture.

transformers has argen's tokenizers as they are. llama.cpp has none of words:
with stories it reads the same tokens from text of known words, but takes others
for <s> and writes a blank before every mark. With tokenizers of characters it
leaves out characters that the model does not know. bytes and bpe are the same.
argen reads the tokenizer from a GGUF as it was.

An ARPA file has words only: a tokenizer of another kind is lost there.`,
		Example: `  argen convert story story.gguf --quantize q8_0
  argen convert story.gguf story-hf
  argen convert story.gguf small.gguf --quantize q4_0
  argen convert story-ngram story.arpa.gz`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("convert takes a model and the name of what to write, found %s", count(len(args), "argument"))
			}
			return nil
		},
		ValidArgsFunction: completeOneModel,
		RunE: func(c *cobra.Command, args []string) error {
			o.in, o.out = args[0], args[1]
			return a.convert(c.Context(), o)
		},
	}
	c.Flags().StringVar(&o.quantize, "quantize", "", "round a transformer's matrices to `TYPE`: f32, f16, bf16; in GGUF also q8_0, q4_0")
	c.Flags().BoolVar(&o.json, "json", false, "print what was written as JSON")
	completeWords(c, "quantize", []string{"f32", "f16", "bf16", "q8_0", "q4_0"})
	return c
}

func (a *app) convert(ctx context.Context, o conversion) error {
	as, err := o.check()
	if err != nil {
		return err
	}
	r := converted{Out: o.out}
	if o.isGGUF() && model.IsGGUF(o.in) {
		if err := o.copyGGUF(ctx, as, &r); err != nil {
			return err
		}
		return a.reportConverted(o, r)
	}
	lm, err := a.open(ctx, o.in)
	if err != nil {
		return err
	}
	defer lm.Close()
	if err := o.apart(lm.Path); err != nil {
		return err
	}
	m, isNGram := model.Base(lm.Model).(*ngram.Model)
	_, isTransformer := model.Base(lm.Model).(*transformer.Model)
	ending, endingError := modelFormat(o.out)
	switch {
	case isNGram && endingError != nil:
		return usagef("convert: %s: an n-gram model's name ends in %s, %s or %s", argen.Visible(o.out), binaryFormat, arpaFormat, arpaGzipFormat)
	case isNGram && o.quantize != "":
		return usagef("--quantize: %s is an n-gram model, which has no matrices", argen.Visible(o.in))
	case isNGram:
		if r.Format = "arpa"; ending == binaryFormat {
			r.Format = "ngram"
		} else if kind := tokenizer.Kind(lm.Tokenizer); kind != "words" {
			r.Notes = append(r.Notes, fmt.Sprintf("the tokenizer of kind %s is not in the ARPA file: opened again, its tokens are words", kind))
		}
		err = writeModel(ctx, o.out, m)
	case !isTransformer:
		return fmt.Errorf("%s is no model that can be converted: it has neither weights nor n-grams", argen.Visible(o.in))
	case endingError == nil && ending == binaryFormat:
		r.Format = "llama2c"
		err = o.convertLlama2c(ctx, lm, as, &r)
	case endingError == nil:
		return usagef("convert: %s: a transformer becomes a %s, a folder, or a %s of llama2.c", argen.Visible(o.out), ggufFormat, binaryFormat)
	case o.isGGUF():
		r.Format = "gguf"
		err = a.convertGGUF(ctx, o, lm, as, &r)
	case !isFolder(o.out) && fileEnding().MatchString(o.out):
		return usagef("convert: %s: no format ends so: name a *%s, or a folder, with a / behind its name if it is to end like this", argen.Visible(o.out), ggufFormat)
	default:
		r.Format = "folder"
		err = o.convertFolder(lm, as, &r)
	}
	if err != nil {
		return err
	}
	return a.reportConverted(o, r)
}

// reportConverted says what was written.
func (a *app) reportConverted(o conversion, r converted) (err error) {
	file := o.out
	if r.Format == "folder" {
		file = filepath.Join(o.out, safetensors.WeightsFile)
	}
	if r.Bytes, r.SHA256, err = fileSum(file); err != nil {
		return err
	}
	if o.json {
		return a.printJSON(r)
	}
	for _, note := range r.Notes {
		a.hint("note: %s", note)
	}
	var b rows
	if r.Type != "" {
		b.row("matrices", "%s", r.Type)
	}
	what := ""
	if r.Format == "folder" {
		what = "folder "
	}
	b.row("written", "%s%s, %s", what, argen.Visible(o.out), sizeText(r.Bytes))
	_, err = io.WriteString(a.stdout, b.String())
	return err
}

func (o conversion) isGGUF() bool { return strings.HasSuffix(strings.ToLower(o.out), ggufFormat) }

// check checks what can be said without the model, and returns the type that
// --quantize names.
func (o conversion) check() (as *quant.Type, err error) {
	if o.out == "" || o.in == "" {
		return nil, usagef("convert: a name is empty")
	}
	if o.quantize != "" {
		t, ok := quant.TypeOf(o.quantize)
		if !ok || !slices.Contains(quant.Writable, t) {
			return nil, usagef("--quantize %q: choose f32, f16, bf16, q8_0 or q4_0", o.quantize)
		}
		if _, isNGram := modelFormat(o.out); !o.isGGUF() && isNGram != nil && dtypes[t] == "" {
			return nil, usagef("--quantize %s: a folder has f32, f16 or bf16; name a %s file for this one", o.quantize, ggufFormat)
		}
		as = &t
	}
	info, err := os.Stat(o.out)
	if _, isNGram := modelFormat(o.out); o.isGGUF() || isNGram == nil {
		return as, writable(o.out, nil)
	}
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file: name a folder, or a file that ends in %s", argen.Visible(o.out), ggufFormat)
	}
	if holdsTraining(o.out) {
		return nil, usagef("convert: %s holds a training, whose model it would replace: choose another name", argen.Visible(o.out))
	}
	return as, vacant(o.out, "choose another name", transformer.ConfigFile, safetensors.WeightsFile, safetensors.IndexFile, "tokenizer.json")
}

// apart reports that the output would replace what is being read.
func (o conversion) apart(from string) error {
	if from != "" && sameFile(from, o.out) {
		return usagef("convert: %s would replace the model that is read: choose another name", argen.Visible(o.out))
	}
	return nil
}

// fileEnding matches names that end like that of a file, as x.onnx or y.guf do, but
// no folder of a model: SmolLM2-1.7B.
var fileEnding = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\.[A-Za-z][A-Za-z_]*$`) })

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
