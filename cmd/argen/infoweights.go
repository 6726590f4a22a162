package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"argen"
	"argen/model"
	"argen/model/safetensors"
)

// A weightsFile is what is in a file of weights.
type weightsFile struct {
	File       string            `json:"file"`
	Bytes      int64             `json:"bytes"`
	SHA256     string            `json:"sha256"`
	Parameters int64             `json:"parameters"` // numbers in all tensors
	Types      []model.TypeInfo  `json:"types"`
	Meta       map[string]string `json:"meta,omitempty"`
	Tensors    []weightsTensor   `json:"tensors"`
}

type weightsTensor struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
}

// isWeights reports whether ref is the file of weights itself, not the folder of
// a model.
func isWeights(ref string) bool { return strings.HasSuffix(strings.ToLower(ref), ".safetensors") }

// infoWeights shows the tensors of a file of weights.
func (a *app) infoWeights(path string, asJSON bool) error {
	f, err := safetensors.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	d := weightsFile{File: path, Bytes: f.Size(), SHA256: f.SHA256(), Meta: f.Metadata, Tensors: []weightsTensor{}}
	var tensors []model.TensorInfo
	for _, t := range f.Tensors() {
		d.Parameters += int64(t.Len())
		tensors = append(tensors, model.TensorInfo{Name: t.Name, Shape: t.Shape, Type: string(t.DType), Bytes: int64(len(t.Data))})
		d.Tensors = append(d.Tensors, weightsTensor{t.Name, string(t.DType), t.Shape})
	}
	d.Types = model.TypesOf(tensors)
	if asJSON {
		return a.printJSON(d)
	}
	out := bufio.NewWriter(a.stdout)
	weightsText(out, d)
	return out.Flush()
}

// weightsText writes a file of weights for people.
func weightsText(w io.Writer, d weightsFile) {
	var b rows
	b.row("file", "%s, %s", d.File, sizeText(d.Bytes))
	b.row("sha256", "%s", d.SHA256)
	b.row("parameters", "%s", thousands(d.Parameters))
	b.types(d.Types)
	for _, key := range slices.Sorted(maps.Keys(d.Meta)) {
		b.row(key, "%.200s", d.Meta[key])
	}
	b.row("tensors", "%s", thousands(int64(len(d.Tensors))))
	fmt.Fprint(w, b.String())
	for _, t := range d.Tensors {
		fmt.Fprintf(w, "  %s %s %v\n", argen.Visible(t.Name), t.DType, t.Shape)
	}
}

// types says how much of a model is stored as which type.
func (b *rows) types(types []model.TypeInfo) {
	for i, t := range types {
		b.row([]string{"numbers", ""}[min(i, 1)], "%s: %s, %s", t.Type, count(t.Tensors, "tensor"), sizeText(t.Bytes))
	}
}
