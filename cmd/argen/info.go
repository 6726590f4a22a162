package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"argen/model"
)

func infoCommand(a *app) *cobra.Command {
	asJSON, tensors := false, false
	c := &cobra.Command{
		Use:   "info [REF]",
		Short: "Show what is in a model",
		Long: `Show what is in a model: its kind, size, vocabulary, tokenizer and what its
file says of itself. REF is what -m takes; without it, it is the model that is
used without -m. Of a file of weights (*.safetensors) it lists the tensors. A
GGUF or a checkpoint of llama2.c is shown also if argen cannot run it, with the
reason.`,
		Example: `  argen info truth
  argen info --json truth`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("info takes one model, found %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: completeModels,
		RunE: func(c *cobra.Command, args []string) error {
			ref := a.defaultModel()
			if len(args) > 0 {
				ref = args[0]
			}
			if isWeights(ref) {
				return a.infoWeights(ref, asJSON)
			}
			d, err := a.describe(c.Context(), ref)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(d)
			}
			_, err = io.WriteString(a.stdout, infoText(d, tensors))
			return err
		},
	}
	a.contextFlag(c.Flags())
	a.fastFlag(c.Flags())
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	c.Flags().BoolVar(&tensors, "tensors", false, "list the tensors of a transformer")
	return c
}

// describe says what is in a model, and of a file also if argen cannot run it.
func (a *app) describe(ctx context.Context, ref string) (model.Description, error) {
	lm, err := a.open(ctx, ref)
	if err != nil {
		if d, ok := model.DescribeFile(ref, err); ok {
			return d, nil
		}
		return model.Description{}, err
	}
	defer lm.Close()
	return model.Describe(lm), nil
}

// infoText is a description for people.
func infoText(d model.Description, tensors bool) string {
	var b rows
	for key := range d.Meta {
		b.width = max(b.width, min(len(key), 30))
	}
	b.row("model", "%s", d.Ref)
	if d.File != "" {
		b.row("file", "%s, %s", d.File, sizeText(d.Bytes))
	}
	if d.SHA256 != "" {
		b.row("sha256", "%s", d.SHA256)
	}
	if d.Family != "" {
		b.row("architecture", "%s, %s", d.Architecture, d.Family)
	} else {
		b.row("architecture", "%s", d.Architecture)
	}
	if d.Order > 0 {
		b.row("order", "%d", d.Order)
		for i, n := range d.NGrams {
			b.row(fmt.Sprintf("  %d-grams", i+1), "%s", thousands(int64(n)))
		}
	}
	if d.Smoothing != "" {
		b.row("smoothing", "%s", d.Smoothing)
	}
	for i, x := range d.Discounts {
		b.row(fmt.Sprintf("  discounts %d", i+1), "%.4f %.4f %.4f", x.D1, x.D2, x.D3)
	}
	if d.Parameters > 0 {
		b.row("parameters", "%s", thousands(d.Parameters))
	}
	if d.Layers > 0 {
		b.row("layers", "%d, of width %d, with %d heads for queries and %d for keys", d.Layers, d.HiddenSize, d.Heads, d.KVHeads)
	}
	b.types(d.Types)
	if d.Sentences > 0 {
		b.row("trained on", "%s sentences, %s tokens", thousands(d.Sentences), thousands(d.Tokens))
	}
	b.row("tokenizer", "%s", cmp.Or(d.Tokenizer, "none"))
	b.row("vocabulary", "%s tokens", thousands(int64(d.VocabSize)))
	context := "unlimited"
	switch {
	case d.ContextLength > 0:
		context = thousands(int64(d.ContextLength)) + " tokens"
	case d.Order > 0:
		context = fmt.Sprintf("unlimited, of which the last %d are looked at", d.Order-1)
	}
	b.row("context", "%s", context)
	if m := d.Memory; m != nil {
		of := ""
		if m.Available > 0 {
			of = " of " + sizeText(m.Available)
		}
		b.row("memory", "%s%s: weights %s, the longest context %s, %s a token", sizeText(m.Weights+m.Context), of, sizeText(m.Weights), sizeText(m.Context), sizeText(m.Token))
	}
	if d.Activations != "" {
		b.row("activations", "%s", d.Activations)
	}
	if d.BOS != nil {
		b.row("begin", "%s (%d)", d.BOS.Token, d.BOS.ID)
	}
	for _, t := range d.EOS {
		b.row("end", "%s (%d)", t.Token, t.ID)
	}
	if d.ChatTemplate != "" {
		b.row("chat", "template of %s bytes in %s, for --chat", thousands(int64(len(d.ChatTemplate))), d.ChatFrom)
		if len(d.ChatOthers) > 0 {
			b.row("", "beside it, and not used: %s", strings.Join(d.ChatOthers, ", "))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.Meta)) {
		b.row(key, "%.200s", d.Meta[key])
	}
	if d.Problem != "" {
		b.row("cannot run", "%s", d.Problem)
	}
	if tensors {
		for _, t := range d.Tensors {
			b.row("tensor", "%s %s %v, %s", t.Name, t.Type, t.Shape, sizeText(t.Bytes))
		}
	}
	return b.String()
}
