package transformer

import (
	"strings"
	"testing"

	"argen/internal/sysmem"
)

// A model larger than what is available is refused with both numbers, and so is a
// context that was asked for.
func TestMemory(t *testing.T) {
	defer func() { availableMemory = sysmem.Available }()
	c := Config{Layers: 30, KVHeads: 3, HeadDim: 64, Context: 8192}
	if n := c.TokenBytes(); n != 46080 {
		t.Errorf("a token takes %d bytes, want 46080", n)
	}
	const weights = 100 << 20
	for _, test := range []struct {
		have    int64
		known   bool
		weights int64
		context int
		want    string
	}{
		{0, false, weights, 8192, ""},
		{1 << 20, true, CheckedMemory - 1, 8192, ""},
		{weights, true, weights, 0, ""},
		{weights - 1<<20, true, weights, 0, "weights need 100 MiB of memory, and 99 MiB are available"},
		{460 << 20, true, weights, 8192, ""},
		{460 << 20, true, weights, 100_000, ""}, // the model's longest is less
		{459 << 20, true, weights, 8192, "needs 460 MiB of memory, 100 MiB for its weights and 360 MiB for a context of 8192 tokens, and 459 MiB are available"},
	} {
		availableMemory = func() (int64, bool) { return test.have, test.known }
		err := c.fits(test.weights, Options{Context: test.context})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}
