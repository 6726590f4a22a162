package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"argen"
	"argen/model/safetensors"
)

// A weightsFile is what is in a file of weights.
type weightsFile struct {
	File       string            `json:"file"`
	Bytes      int64             `json:"bytes"`
	SHA256     string            `json:"sha256"`
	Parameters int64             `json:"parameters"` // numbers in all tensors
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
	for _, t := range f.Tensors() {
		d.Parameters += int64(t.Len())
		d.Tensors = append(d.Tensors, weightsTensor{t.Name, string(t.DType), t.Shape})
	}
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
	for _, key := range slices.Sorted(maps.Keys(d.Meta)) {
		b.row(key, "%.200s", d.Meta[key])
	}
	b.row("tensors", "%s", thousands(int64(len(d.Tensors))))
	fmt.Fprint(w, b.String())
	for _, t := range d.Tensors {
		fmt.Fprintf(w, "  %s %s %v\n", argen.Visible(t.Name), t.DType, t.Shape)
	}
}
