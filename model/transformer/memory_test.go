package transformer

import (
	"strings"
	"testing"

	"argen/internal/quant"
	"argen/internal/sysmem"
)

// Weights of a type that is larger when packed count so: of Q5_0 a block of 32
// takes 34 bytes in place of 22.
func TestMemoryOfPacked(t *testing.T) {
	defer func() { availableMemory = sysmem.Available }()
	const rows, cols = 96, 32 << 15
	c := Config{Context: 8}
	w := &matrix{rows: rows, cols: cols, quant: quant.Q5_0, blocks: make([]byte, rows*quant.Q5_0.RowBytes(cols))}
	b := &binder{Config: c, blocks: []quantised{{w, "a"}}, bytes: int64(len(w.blocks))}
	availableMemory = func() (int64, bool) { return 100 << 20, true }
	free := b.pack(&llama{embedding: &matrix{}}, nil)
	if b.err == nil || !strings.Contains(b.err.Error(), "weights need 102 MiB of memory, and 100 MiB are available") || b.memory != rows*cols/32*34 {
		t.Errorf("%v, %d bytes", b.err, b.memory)
	}
	if err := free(); err != nil {
		t.Error(err)
	}
}

// A model larger than what is available is refused with both numbers, and so is a
// context that was asked for.
func TestMemory(t *testing.T) {
	defer func() { availableMemory = sysmem.Available }()
	c := Config{Layers: 30, KVHeads: 3, HeadDim: 64, Context: 8192}
	whole := Model{config: c, options: Options{Fast: true}, int8: true}
	if n := (&Model{config: c}).TokenBytes(); n != 46080 {
		t.Errorf("a token takes %d bytes, want 46080", n)
	}
	if n := whole.TokenBytes(); n != 24120 { // half, and three units a head
		t.Errorf("a token of whole numbers takes %d bytes, want 24120", n)
	}
	const weights = 100 << 20
	for _, test := range []struct {
		have    int64
		known   bool
		weights int64
		context int
		fast    bool // whole numbers
		want    string
	}{
		{0, false, weights, 8192, false, ""},
		{1 << 20, true, CheckedMemory - 1, 8192, false, ""},
		{weights, true, weights, 0, false, ""},
		{weights - 1<<20, true, weights, 0, false, "weights need 100 MiB of memory, and 99 MiB are available"},
		{460 << 20, true, weights, 8192, false, ""},
		{460 << 20, true, weights, 100_000, false, ""}, // the model's longest is less
		{459 << 20, true, weights, 8192, false, "needs 460 MiB of memory, 100 MiB for its weights and 360 MiB for a context of 8192 tokens, and 459 MiB are available"},
		{289 << 20, true, weights, 8192, true, ""},
		{288 << 20, true, weights, 8192, true, "188 MiB for a context of 8192 tokens, and 288 MiB are available"},
	} {
		availableMemory = func() (int64, bool) { return test.have, test.known }
		err := c.fits(test.weights, test.fast, Options{Context: test.context, Fast: test.fast})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}
