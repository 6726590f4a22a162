package viz

import (
	"slices"
	"testing"
)

// Labels that would touch are left out evenly.
func TestApart(t *testing.T) {
	for _, k := range []struct {
		half float64
		want []string
	}{
		{1, []string{"a", "b", "c", "d", "e", "f"}},
		{4, []string{"a", "c", "e"}},
		{9, []string{"a", "d"}},
		{40, []string{"a"}},
	} {
		var all []tickLabel
		for i, text := range []string{"a", "b", "c", "d", "e", "f"} {
			all = append(all, tickLabel{text, 10 * float64(i), k.half})
		}
		var got []string
		for _, l := range apart(all) {
			got = append(got, l.text)
		}
		if !slices.Equal(got, k.want) {
			t.Errorf("half a width of %v: %v, want %v", k.half, got, k.want)
		}
	}
	if list := apart(nil); list != nil {
		t.Errorf("of no labels: %v", list)
	}
}
