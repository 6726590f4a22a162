package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"argen"
	"argen/internal/quant"
	"argen/internal/safefile"
	"argen/model"
	"argen/model/gguf"
	"argen/model/safetensors"
	"argen/model/transformer"
)

// dtypes are the types that a folder's matrices can have.
var dtypes = map[quant.Type]safetensors.DType{quant.F32: safetensors.F32, quant.F16: safetensors.F16, quant.BF16: safetensors.BF16}

// stored is the type that the first matrix has, the embedding, if a folder can
// have it, or f32.
func stored(lm *model.LM) quant.Type {
	m := model.Base(lm.Model).(*transformer.Model)
	for _, name := range m.Tensors() {
		t, _ := m.Tensor(name)
		if len(t.Shape) < 2 {
			continue
		}
		for as, dtype := range dtypes {
			if dtype == t.DType {
				return as
			}
		}
		break
	}
	return quant.F32
}

// copyGGUF writes a GGUF as another, whatever model it is.
func (o conversion) copyGGUF(ctx context.Context, as *quant.Type, r *converted) error {
	if err := o.apart(o.in); err != nil {
		return err
	}
	f, err := gguf.Open(o.in)
	if err != nil {
		return err
	}
	defer f.Close()
	r.Format = "gguf"
	if as != nil {
		r.Type = strings.ToLower(as.String())
	}
	return o.write(ctx, func(w io.Writer) (err error) {
		r.Notes, err = model.CopyGGUF(w, f, as)
		return err
	})
}

func (a *app) convertGGUF(ctx context.Context, o conversion, lm *model.LM, as *quant.Type, r *converted) error {
	t := *cmp.Or(as, new(stored(lm)))
	r.Type = strings.ToLower(t.String())
	return o.write(ctx, func(w io.Writer) (err error) {
		r.Notes, err = model.WriteGGUF(w, lm, t)
		return err
	})
}

// convertLlama2c writes a checkpoint and, where there is none of another, the
// tokenizer beside it.
func (o conversion) convertLlama2c(ctx context.Context, lm *model.LM, as *quant.Type, r *converted) error {
	t := *cmp.Or(as, new(quant.F32))
	r.Type = strings.ToLower(t.String())
	err := o.write(ctx, func(w io.Writer) (err error) {
		r.Notes, err = model.WriteLlama2c(w, lm, t)
		return err
	})
	if err != nil {
		return err
	}
	tok := model.Llama2cTokenizer(lm)
	if tok == nil {
		r.Notes = append(r.Notes, "llama2.c has no tokenizer of this kind: with -m this file needs --tokenizer")
		return nil
	}
	path := filepath.Join(filepath.Dir(o.out), model.Llama2cTokenizerFile)
	if _, err := os.Stat(path); err == nil {
		r.Notes = append(r.Notes, fmt.Sprintf("the tokenizer is not written, since %s is there already", argen.Visible(path)))
		return nil
	}
	return safefile.Write(path, func(w io.Writer) error { _, err := w.Write(tok); return err })
}

// write writes the output whole or not at all.
func (o conversion) write(ctx context.Context, write func(w io.Writer) error) error {
	err := safefile.Write(o.out, func(w io.Writer) error { return write(interruptedWriter{ctx, w}) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (o conversion) convertFolder(lm *model.LM, as *quant.Type, r *converted) error {
	t := *cmp.Or(as, new(stored(lm)))
	r.Type = strings.ToLower(t.String())
	return model.WriteFolder(o.out, lm, dtypes[t])
}
